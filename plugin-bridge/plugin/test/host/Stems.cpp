// Returned stems in the session: in sync to the sample whatever the transport does, with faders, or refused with a reason.
#include "Suites.hpp"
#include <filesystem>

namespace host {

using sonidesk::FrameType;
constexpr uint32_t songFrames = 48000 * 30;

/// Two stems, the second starting at frame 12345, and their sum on the host's timeline.
struct StemSong
{
    ClapInstance::Audio first = stereoNoise(songFrames, 11), second = stereoNoise(songFrames - 20000, 12);
    static constexpr int64_t secondStart = 12345;
    json message;

    explicit StemSong(const std::string& folder)
    {
        message = {{"stems",
                    {{{"stem", "drums"}, {"file", writeWav(folder + "/drums.wav", first)}, {"startFrame", 0}, {"gainDb", 0}},
                     {{"stem", "bass"}, {"file", writeWav(folder + "/bass.wav", second)}, {"startFrame", secondStart}, {"gainDb", 0}}}}};
    }

    static float at(const std::vector<float>& audio, int64_t frame) { return frame < 0 || frame >= int64_t(audio.size()) ? 0 : audio[size_t(frame)]; }
    float sum(int channel, int64_t frame, float gain1 = 1, float gain2 = 1) const
    {
        return gain1 * at(first[channel], frame) + gain2 * at(second[channel], frame - secondStart);
    }
};

/// Where the output differs from the sum of the stems; songFrames when nowhere.
static uint32_t differs(const StemSong& stems, const ClapInstance::Audio& heard, int64_t from, uint32_t skip = 0, float gain1 = 1, float gain2 = 1)
{
    for (uint32_t n = skip; n < heard[0].size(); ++n)
        for (int channel = 0; channel < 2; ++channel)
            if (std::abs(heard[channel][n] - stems.sum(channel, from + n, gain1, gain2)) > 1e-7f) return n;
    return songFrames;
}

static bool ready(const Heard& heard, size_t count)
{
    if (!heard.status.contains("stems") || heard.status["stems"].size() != count) return false;
    for (const auto& stem : heard.status["stems"])
        if (stem["state"] != "ready") return false;
    return true;
}

/// Rolls until stems are heard at `frame`: the reader needs a moment after a locate.
static bool arrive(ClapInstance& one, const StemSong& stems, int64_t frame)
{
    Song at;
    at.frame = frame;
    return until([&] {
        at.playing = true;
        const auto heard = one.roll(at, 64, 64);
        at.playing = false;
        at.frame = frame;
        one.roll(at, 64, 64);
        return differs(stems, heard, frame) == songFrames;
    });
}

static void play(ClapInstance& one, const StemSong& stems)
{
    for (uint32_t block : {1u, 3u, 64u, 127u, 128u, 1024u, 1025u, 4096u, 8191u, 8192u})
    {
        Song song;
        check(arrive(one, stems, 0), "the start is loaded");
        song.playing = true;
        const uint32_t frames = block < 8 ? 20000 : 100000;
        check(differs(stems, one.roll(song, frames, block), 0) == songFrames, "stems to the sample in blocks of " + std::to_string(block));
    }
}

static void jumps(ClapInstance& one, const StemSong& stems)
{
    for (int64_t frame : {int64_t(700001), int64_t(48000 * 25), int64_t(12340), int64_t(songFrames - 500), int64_t(-3000), int64_t(333333)})
    {
        const auto rollFrom = [&] {
            Song song;
            song.frame = frame;
            one.roll(song, 64, 64);
            song.playing = true;
            return differs(stems, one.roll(song, 5000, 77), frame);
        };
        check(until([&] { return rollFrom() == songFrames; }), "in sync from " + std::to_string(frame));
        check(rollFrom() == songFrames, "and again");
    }
    // A loop over four seconds, turned in the middle of nowhere, at several block sizes and with tempo changes.
    // The first turns may come too early for the reader: this host is some thousand times faster than real time.
    const auto turnAround = [&](uint32_t block, double bpm) {
        Song song;
        song.playing = song.looping = true;
        song.frame = 500000;
        song.bpm = bpm;
        return differs(stems, one.roll(song, 4 * 48000, block), 500000);
    };
    check(until([&] { return turnAround(500, 120) == songFrames; }), "the loop is loaded");
    for (int turn = 0; turn < 6; ++turn)
    {
        const uint32_t wrong = turnAround(100 + 50 * turn, 90 + 13.7 * turn);
        check(wrong == songFrames, "loop, turn " + std::to_string(turn) + ", off at " + std::to_string(wrong));
    }
}

static void faders(ClapInstance& one, const StemSong& stems)
{
    constexpr uint32_t settled = 48000 / 50 + 64; // 20 ms, and the control step under way
    const auto in = stereoNoise(96000, 20);
    Song song;
    const auto hear = [&](const char* what, float gain1, float gain2) {
        // No faster than a host plays, or the reader may fall behind on a busy machine.
        std::this_thread::sleep_for(std::chrono::milliseconds(125));
        const int64_t from = song.frame;
        const auto heard = one.roll(song, 6000, 128, &in);
        check(differs(stems, heard, from, settled, gain1, gain2) == songFrames, what);
        double step = 0; // against the blocks before and after: no click beyond what the noise itself makes
        for (uint32_t n = 1; n < settled; ++n) step = std::max(step, double(std::abs(heard[0][n] - heard[0][n - 1])));
        check(step < 1.01, std::string(what) + " without a click");
    };
    check(arrive(one, stems, 100000), "stems for the faders");
    song.frame = 100000;
    song.playing = true;
    hear("both stems", 1, 1);
    one.set("stem1_mute", 1);
    hear("first muted", 0, 1);
    one.set("stem1_mute", 0);
    one.set("stem1_solo", 1);
    hear("first solo", 1, 0);
    one.set("stem2_solo", 1);
    hear("both solo", 1, 1);
    one.set("stem1_solo", 0);
    one.set("stem2_solo", 0);
    one.set("stem2_fader", -6);
    hear("second at -6 dB", 1, float(std::pow(10.0, -6 / 20.0)));
    one.set("stem2_fader", -60);
    hear("second fader down", 1, 0);
    one.set("stem2_fader", 0);
    hear("both again", 1, 1);
    one.set("play_stems", 0);
    auto heard = one.roll(song, 6000, 128, &in);
    bool same = true;
    for (uint32_t n = settled; n < 6000; ++n) same &= heard[0][n] == in[0][n] && heard[1][n] == in[1][n];
    check(same, "the original, bit for bit");
    // Half way through the switch both are there, in parts that sum to one.
    const float half = (heard[0][480] - stems.sum(0, song.frame - 6000 + 480)) / (in[0][480] - stems.sum(0, song.frame - 6000 + 480));
    check(half > 0.3f && half < 0.7f, "the switch fades: " + std::to_string(half));
    one.set("play_stems", 1);
    hear("stems again", 1, 1);
    song.playing = false;
    heard = one.roll(song, 2000, 128, &in);
    check(same = sameBits(heard[0], {in[0].begin(), in[0].begin() + 2000}), "stopped: the input");
}

static void refused(ClapInstance& one, FakeApp& app, const StemSong& stems)
{
    const auto in = stereoNoise(4000, 30);
    const auto original = [&](const std::string& why) {
        Song song;
        song.playing = true;
        const auto heard = one.roll(song, 4000, 128, &in);
        check(sameBits(heard[0], in[0]) && sameBits(heard[1], in[1]), why + ": the original");
    };
    const auto state = [&](const char* wanted) {
        return settle(one, app, [&](const Heard& heard) {
            return heard.status.contains("stems") && heard.status["stems"].size() > 0 && heard.status["stems"].back()["state"] == wanted &&
                   heard.status["message"].get<std::string>().find(wanted) != std::string::npos;
        });
    };
    json message = stems.message;
    message["stems"][1]["file"] = app.folder() + "/nowhere.wav";
    app.send(FrameType::stems, message);
    check(state("missing"), "a missing file is reported");
    original("missing");
    writeWav(app.folder() + "/nowhere.wav", stems.second);
    check(settle(one, app, [](const Heard& heard) { return ready(heard, 2); }), "a file that turns up is used");
    message["stems"][1]["file"] = writeWav(app.folder() + "/other.wav", stems.second, 44100);
    app.send(FrameType::stems, message);
    check(state("wrong-rate"), "another sample rate is reported");
    original("wrong rate");
    std::ofstream(app.folder() + "/text.wav") << "no sound at all, but long enough to be read as a header";
    message["stems"][1]["file"] = app.folder() + "/text.wav";
    app.send(FrameType::stems, message);
    check(state("unreadable"), "a file that is no WAV is reported");
    original("unreadable");
    app.send(FrameType::stems, stems.message);
    check(settle(one, app, [](const Heard& heard) { return ready(heard, 2); }), "good stems again");
    one.activate(44100, 1024); // the host changes its rate: now the stems do not fit
    check(state("wrong-rate"), "a changed host rate is noticed");
    one.activate(48000, 8192);
    check(settle(one, app, [](const Heard& heard) { return ready(heard, 2); }), "and changed back");
    app.send(FrameType::stems, {{"stems", json::array()}});
    check(settle(one, app, [](const Heard& heard) { return heard.status["stems"].empty(); }), "an empty list unloads");
    original("unloaded");
}

static void multi(const Options& options, const StemSong& stems)
{
    const ClapLibrary library(options.multi);
    ClapInstance one(library);
    check(one.outputs() == 12, "the larger variant has six stereo outputs");
    FakeApp app;
    app.start();
    one.activate();
    one.set("play_stems", 1);
    check(settle(one, app, [](const Heard& heard) { return !heard.status.is_null(); }), "the larger variant connects");
    app.send(FrameType::stems, stems.message);
    check(settle(one, app, [](const Heard& heard) { return ready(heard, 2); }), "stems in the larger variant");
    check(arrive(one, stems, 50000), "the larger variant plays");
    Song song;
    song.frame = 50000;
    song.playing = true;
    one.set("strip", 1);
    one.set("send_on", 1);
    one.set("send", 0);
    one.roll(song, 9600, 128);
    const auto heard = one.roll(song, 9600, 128);
    const int64_t from = song.frame - 9600;
    bool good = true, silent = true;
    for (uint32_t n = 0; n < 9600; ++n)
    {
        good &= heard[2][n] == stems.at(stems.first[0], from + n) && heard[3][n] == stems.at(stems.first[1], from + n);
        good &= heard[4][n] == stems.at(stems.second[0], from + n - stems.secondStart);
        silent &= heard[6][n] == 0 && heard[8][n] == 0;
    }
    check(good, "each stem on its own output");
    check(silent, "outputs without a stem are silent");
    check(differs(stems, heard, from) == songFrames, "the sum on the main output");
    check(sameBits(heard[10], heard[0]) && sameBits(heard[11], heard[1]), "the send at 0 dB is the strip's output");
}

void stems(const Options& options)
{
    const ClapLibrary library(options.plugin);
    FakeApp app;
    const StemSong song(app.folder());
    app.start();
    ClapInstance one(library);
    one.set("play_stems", 1);
    connect(one, app);
    app.send(FrameType::stems, song.message);
    if (!check(settle(one, app, [](const Heard& heard) { return ready(heard, 2); }), "stems are ready")) return;
    play(one, song);
    jumps(one, song);
    faders(one, song);
    refused(one, app, song);
    multi(options, song);
}

} // namespace host
