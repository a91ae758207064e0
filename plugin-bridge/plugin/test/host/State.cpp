// Sessions: what is saved is there again, also from version 1, also what only the app knew.
#include "Suites.hpp"
#include "../../source/core/Parameters.hpp"
#include <filesystem>
#include <random>

namespace host {

namespace p = sonidesk::parameter;
using sonidesk::FrameType;

static void roundTrip(const ClapLibrary& library)
{
    ClapInstance one(library);
    std::mt19937 random(6);
    std::vector<double> values;
    for (uint32_t i = 0; i < p::count; ++i)
    {
        const auto& range = p::descriptions()[i];
        double value = range.minimum + (range.maximum - range.minimum) * (random() % 1000) / 999.0;
        if (range.hint & (p::toggle | p::integer)) value = std::round(value);
        values.push_back(value);
        one.set(i, value);
    }
    one.activate();
    Song song;
    one.process(song, nullptr, nullptr, 0);
    const std::string whole = one.save();
    for (size_t piece : {size_t(1), size_t(3), size_t(510), size_t(511), size_t(512), size_t(100000)})
    {
        check(one.save(piece) == whole, "saved in pieces of " + std::to_string(piece));
        ClapInstance other(library);
        check(other.load(whole, piece), "loaded in pieces of " + std::to_string(piece));
        bool same = true;
        for (uint32_t i = 0; i < p::count; ++i) same &= std::abs(other.get(i) - values[i]) <= 1e-4 * std::max(1.0, std::abs(values[i]));
        check(same, "parameters as saved");
        check(other.save() == whole, "and saved again the same");
    }
    for (size_t cut = 0; cut < whole.size(); cut += 37)
    {
        ClapInstance other(library);
        other.load(whole.substr(0, cut)); // may be refused; must not crash
        std::string broken = whole;
        broken[cut] = char(random());
        other.load(broken);
    }
}

/// The state of version 1 opens for ever.
static void versionOne(const ClapLibrary& library, const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string state((std::istreambuf_iterator<char>(file)), {});
    if (!check(!state.empty(), "the saved state of version 1 is there")) return;
    ClapInstance one(library);
    check(one.load(state), "version 1 opens");
    for (auto [symbol, value] : {std::pair<const char*, double>{"slot", 12}, {"play_stems", 1}, {"strip", 1}, {"gain", -3.5}, {"pan", 0.25},
                                 {"hp_hz", 120}, {"eq3_db", 4.5}, {"eq6_q", 0.5}, {"comp_ratio", 4}, {"stem2_fader", -9}, {"stem8_solo", 1}})
        check(std::abs(one.get(symbol) - value) < 1e-4, std::string("version 1: ") + symbol + " is " + std::to_string(one.get(symbol)));
    FakeApp app;
    app.start();
    one.activate();
    check(settle(one, app, [](const Heard& heard) { return heard.status.contains("stems") && heard.status["stems"].size() == 1; }), "version 1: its stem is asked for");
    const Heard heard = app.heard();
    check(heard.hello["instance"] == "01234567-89ab-4cde-8f01-23456789abcd" && heard.hello["name"] == "Lead vocal" && heard.hello["slot"] == 12, "version 1: who it is");
    check(heard.status["stems"][0]["stem"] == "vocals" && heard.status["stems"][0]["state"] == "missing", "version 1: its stem");
    one.set("comp_ratio", 5);
    Song song;
    song.playing = true;
    one.roll(song, 64, 64);
    check(!one.midi.empty() && one.midi[0] == MidiEvent{10, 0x91, 60, 90}, "version 1: its notes");
}

/// What the app set survives in a host that keeps its own values of parameters, as LV2 hosts do.
static void hostsOwnValues(const ClapLibrary& library)
{
    FakeApp app;
    app.start();
    const std::string folder = app.folder();
    std::string saved;
    {
        ClapInstance one(library);
        connect(one, app);
        app.send(FrameType::parameters, {{"gain", -6}, {"strip", 1}});
        app.send(FrameType::monitor, {{"source", "stems"}});
        app.send(FrameType::stems, {{"stems", {{{"stem", "vocals"}, {"file", folder + "/x.wav"}, {"startFrame", 5}, {"gainDb", -1}}}}});
        check(settle(one, app, [&](const Heard&) { return one.get("play_stems") == 1 && one.get("gain") == -6; }), "the app sets");
        check(settle(one, app, [](const Heard& heard) { return heard.status["stems"].size() == 1; }), "stems are taken");
        saved = one.save();
        check(saved.find("x.wav") != std::string::npos, "stems are in the state");
        one.set("gain", -3);
        settle(one, app, [&](const Heard&) { return one.get("gain") == -3; });
        check(one.get("gain") == -3, "the host's own change wins");
    }
    ClapInstance again(library);
    again.load(saved);
    check(again.get("gain") == -6 && again.get("strip") == 1 && again.get("play_stems") == 1, "what the app set is in the session");
}

static void identity(const ClapLibrary& library)
{
    check(std::string(library.descriptor().id).rfind("org.sonidesk.plugin", 0) == 0, "the CLAP id");
    ClapInstance one(library), two(library);
    check(one.save() != two.save(), "two instances have two ids");
    for (uint32_t i = 0; i < p::count; ++i)
        for (uint32_t k = 0; k < i; ++k) check(std::string(p::descriptions()[i].symbol) != p::descriptions()[k].symbol, "symbols are unique");
}

void state(const Options& options)
{
    const ClapLibrary library(options.plugin);
    roundTrip(library);
    versionOne(library, options.state);
    hostsOwnValues(library);
    identity(library);
}

} // namespace host
