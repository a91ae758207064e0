// What hosts save with their sessions, and what the app gives, which becomes part of that.
#include "Core.hpp"
#include "JsonText.hpp"

namespace sonidesk {

using nlohmann::json;

/// Longer lists are not saved with the session (a note takes some 30 bytes); the app gives them again.
static constexpr size_t maxSavedNotes = 20000;

std::string Core::state(const char* key) const
{
    if (std::strcmp(key, "app") == 0) return savedByApp();
    const std::lock_guard<std::mutex> lock(guard);
    if (std::strcmp(key, "instance") == 0) return instance;
    if (std::strcmp(key, "name") == 0) return name;
    if (std::strcmp(key, "stems") == 0) return stemState;
    if (std::strcmp(key, "notes") == 0) return noteState;
    return {};
}

void Core::setState(const char* key, const std::string& value)
{
    if (std::strcmp(key, "app") == 0) return restoreByApp(value);
    if (std::strcmp(key, "notes") == 0) return restoreNotes(value);
    if (std::strcmp(key, "stems") == 0)
    {
        // Saved by ourselves, but read as carefully as from the app.
        Frame frame;
        frame.header.type = uint8_t(FrameType::stems);
        const std::string message = "{\"stems\":" + (value.empty() ? "[]" : value) + "}";
        frame.payload.assign(message.begin(), message.end());
        std::string problem;
        Commands(*this).take(frame, problem);
        return;
    }
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (std::strcmp(key, "instance") == 0 && !value.empty())
        {
            instance = value.substr(0, 36);
            restored = true;
        }
        if (std::strcmp(key, "name") == 0) name = value.substr(0, 200);
        if (!started) return;
    }
    bridge.identify(identity());
}

/// Values that the app set and the host knows nothing of: {"symbol": [value, host's value]}.
std::string Core::savedByApp() const
{
    json saved = json::object();
    for (uint32_t i = 0; i < parameter::count; ++i)
        if (parameters.unknownToHost(i)) saved[parameter::descriptions()[i].symbol] = {parameters[i], parameters.hostValue(i)};
    return saved.empty() ? std::string() : jsonText(saved);
}

void Core::restoreByApp(const std::string& value)
{
    const json saved = json::parse(value, nullptr, false);
    if (!saved.is_object()) return;
    for (const auto& [symbol, pair] : saved.items())
        if (pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number())
            parameters.restoreByApp(parameter::find(symbol.c_str()), pair[0], pair[1]);
}

void Core::restoreNotes(const std::string& value)
{
    const json saved = json::parse(value, nullptr, false);
    std::vector<NoteEvent> notes;
    for (const json& one : saved)
    {
        if (!one.is_array() || one.size() != 5) return;
        for (const json& number : one)
            if (!number.is_number_integer()) return;
        NoteEvent note;
        note.startFrame = one[0];
        note.endFrame = one[1];
        note.channel = one[2];
        note.pitch = one[3];
        note.velocity = one[4];
        notes.push_back(note);
    }
    Frame frame;
    frame.header.type = uint8_t(FrameType::notes);
    frame.payload.resize(notes.size() * sizeof(NoteEvent));
    if (!notes.empty()) std::memcpy(frame.payload.data(), notes.data(), frame.payload.size());
    std::string problem;
    Commands(*this).take(frame, problem);
}

void Core::renamed(const std::string& id)
{
    const std::lock_guard<std::mutex> lock(guard);
    instance = id;
}

void Core::assigned(const std::string& givenName, const std::string& givenColour)
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        name = givenName;
        colour = givenColour;
    }
}

void Core::stemsGiven(std::vector<StemAssignment> given)
{
    json saved = json::array();
    for (const StemAssignment& stem : given)
        saved.push_back({{"stem", stem.name}, {"file", stem.file}, {"startFrame", stem.startFrame}, {"gainDb", stem.gainDb}});
    stems.assign(std::move(given));
    const std::lock_guard<std::mutex> lock(guard);
    stemState = saved.empty() ? std::string() : jsonText(saved);
}

void Core::notesGiven(std::vector<NoteEvent> notes)
{
    json saved = json::array();
    for (const NoteEvent& note : notes) saved.push_back({note.startFrame, note.endFrame, note.channel, note.pitch, note.velocity});
    const std::string saving = notes.empty() || notes.size() > maxSavedNotes ? std::string() : jsonText(saved);
    noteHandoff.offer(std::make_unique<std::vector<NoteEvent>>(std::move(notes)));
    const std::lock_guard<std::mutex> lock(guard);
    noteState = saving;
}

void Core::parametersGiven(const std::vector<std::pair<uint32_t, float>>& values)
{
    for (const auto& [index, value] : values) parameters.byApp(index, value);
}

} // namespace sonidesk
