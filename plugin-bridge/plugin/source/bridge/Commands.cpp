#include "Commands.hpp"
#include "../core/Parameters.hpp"
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sonidesk {

using nlohmann::json;

/// Some 1.4 million notes.
static constexpr size_t maxNotesBytes = size_t(1) << 25;
/// Host positions beyond this (100,000 years) are nonsense, and sums of two of them do not overflow.
static constexpr int64_t maxFrame = int64_t(1) << 60;

static double number(const json& value, double least, double most)
{
    const double given = value.get<double>();
    if (!std::isfinite(given)) throw std::invalid_argument("a number is not finite");
    return std::min(most, std::max(least, given));
}

static std::string text(const json& value, size_t longest)
{
    std::string given = value.get<std::string>();
    if (given.size() > longest) throw std::invalid_argument("a text is too long");
    return given;
}

bool Commands::take(const Frame& frame, std::string& problem)
{
    const auto type = static_cast<FrameType>(frame.header.type);
    if (type == FrameType::notes) return takeNotes(frame, problem);
    if (type != FrameType::assign && type != FrameType::stems && type != FrameType::strip && type != FrameType::monitor &&
        type != FrameType::parameters)
        return true;
    try
    {
        const json message = json::parse(frame.payload);
        if (type == FrameType::assign)
        {
            const json colour = message.value("colour", json());
            listener.assigned(text(message.at("name"), 800), colour.is_string() ? text(colour, 7) : std::string());
        }
        else if (type == FrameType::stems)
            takeStems(message);
        else if (type == FrameType::strip)
            takeStrip(message.at("strip"));
        else if (type == FrameType::monitor)
            listener.parametersGiven({{parameter::monitor, message.at("source") == "stems" ? 1.0f : 0.0f}});
        else
            takeParameters(message);
        return true;
    }
    catch (const std::exception& wrong)
    {
        problem = wrong.what();
        return false;
    }
}

bool Commands::takeNotes(const Frame& frame, std::string& problem)
{
    if (notes.size() + frame.payload.size() > maxNotesBytes)
    {
        problem = "too many notes";
        return false;
    }
    notes.insert(notes.end(), frame.payload.begin(), frame.payload.end());
    if (frame.header.flags & moreFollows) return true;
    const std::vector<uint8_t> bytes = std::move(notes);
    notes.clear();
    if (bytes.size() % sizeof(NoteEvent) != 0)
    {
        problem = "notes end in the middle of one";
        return false;
    }
    std::vector<NoteEvent> events(bytes.size() / sizeof(NoteEvent));
    if (!bytes.empty()) std::memcpy(events.data(), bytes.data(), bytes.size());
    const auto usable = [](const NoteEvent& note) { return note.valid() && note.startFrame > -maxFrame && note.endFrame < maxFrame; };
    if (!std::all_of(events.begin(), events.end(), usable))
    {
        problem = "a note is out of range";
        return false;
    }
    std::stable_sort(events.begin(), events.end(), [](const NoteEvent& a, const NoteEvent& b) { return a.startFrame < b.startFrame; });
    listener.notesGiven(std::move(events));
    return true;
}

void Commands::takeStems(const json& message)
{
    const json& given = message.at("stems");
    if (!given.is_array() || given.size() > StemPlayer::maxStems) throw std::invalid_argument("a list of at most 8 stems was expected");
    std::vector<StemAssignment> stems;
    for (const json& stem : given)
    {
        const json& start = stem.at("startFrame");
        if (!start.is_number_integer()) throw std::invalid_argument("a start frame is not an integer");
        stems.push_back({text(stem.at("stem"), 800), text(stem.at("file"), 16384),
                         std::min(maxFrame, std::max(-maxFrame, start.get<int64_t>())), number(stem.at("gainDb"), -200, 24)});
    }
    listener.stemsGiven(std::move(stems));
}

void Commands::takeStrip(const json& strip)
{
    using namespace parameter;
    if (strip.is_null()) return listener.parametersGiven({{stripOn, 0.0f}});
    std::vector<std::pair<uint32_t, float>> values;
    const auto set = [&](uint32_t index, const json& value) {
        values.emplace_back(index, value.is_boolean() ? (value.get<bool>() ? 1.0f : 0.0f) : float(number(value, -1e6, 1e6)));
    };
    values.emplace_back(stripOn, 1.0f);
    set(highPassOn, strip.at("highPass").at("enabled"));
    set(highPassHz, strip.at("highPass").at("frequencyHz"));
    for (uint32_t band = 0; band < bands; ++band)
    {
        const json& eq = strip.at("eq").at(band);
        set(eqFirst + 3 * band, eq.at("frequencyHz"));
        set(eqFirst + 3 * band + 1, eq.at("gainDb"));
        set(eqFirst + 3 * band + 2, eq.at("q"));
    }
    const json& dynamics = strip.at("compressor");
    set(compressorOn, dynamics.at("enabled"));
    set(threshold, dynamics.at("thresholdDb"));
    set(ratio, dynamics.at("ratio"));
    set(attack, dynamics.at("attackMs"));
    set(release, dynamics.at("releaseMs"));
    set(knee, dynamics.at("kneeDb"));
    set(makeup, dynamics.at("makeupDb"));
    set(gain, strip.at("gainDb"));
    set(pan, strip.at("pan"));
    const json& sendDb = strip.at("sendDb");
    values.emplace_back(sendOn, sendDb.is_null() ? 0.0f : 1.0f);
    if (!sendDb.is_null()) set(send, sendDb);
    listener.parametersGiven(values);
}

void Commands::takeParameters(const json& message)
{
    if (!message.is_object()) throw std::invalid_argument("parameters by symbol were expected");
    std::vector<std::pair<uint32_t, float>> values;
    for (const auto& [symbol, value] : message.items())
    {
        const uint32_t index = parameter::find(symbol.c_str());
        if (index < parameter::count) values.emplace_back(index, float(number(value, -1e6, 1e6)));
    }
    listener.parametersGiven(values);
}

} // namespace sonidesk
