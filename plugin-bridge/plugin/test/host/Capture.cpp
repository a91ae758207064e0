// What the app gets: every sample with its place, starts, stops, gaps; and the connection's own life.
#include "Suites.hpp"
#include "../../source/core/Parameters.hpp"
#include <utility>

namespace host {

using sonidesk::AudioPosition;
using sonidesk::FrameType;

/// All captured blocks laid on the timeline from `from`.
static ClapInstance::Audio timeline(const Heard& heard, int64_t from, uint32_t frames)
{
    ClapInstance::Audio audio = {std::vector<float>(frames, -9), std::vector<float>(frames, -9)};
    for (const Captured& block : heard.audio)
        for (uint32_t n = 0; n < block.position.frames; ++n)
        {
            const int64_t at = block.position.hostFrame - from + n;
            if (at < 0 || at >= frames) continue;
            audio[0][size_t(at)] = block.samples[n];
            audio[1][size_t(at)] = block.samples[block.position.frames + n];
        }
    return audio;
}

static void exact(ClapInstance& one, FakeApp& app)
{
    const auto in = stereoNoise(50000, 40);
    for (uint32_t block : {16u, 441u, 1024u, 1500u, 8192u})
    {
        app.forget();
        Song song;
        song.frame = 123456;
        song.playing = true;
        one.roll(song, 50000, block, &in);
        song.playing = false;
        one.roll(song, 64, 64);
        check(until([&] { return app.heard().frames == 50000; }), "all captured in blocks of " + std::to_string(block));
        const Heard heard = app.heard();
        const auto audio = timeline(heard, 123456, 50000);
        check(sameBits(audio[0], in[0]) && sameBits(audio[1], in[1]), "captured bit for bit in blocks of " + std::to_string(block));
        uint64_t stream = heard.audio[0].position.streamFrame;
        bool counted = true;
        for (const Captured& one : heard.audio) counted &= one.position.streamFrame == std::exchange(stream, stream + one.position.frames);
        check(counted && heard.gaps.empty(), "the stream is counted without a hole");
        const AudioPosition& first = heard.audio[0].position;
        check((first.bits & AudioPosition::musical) && first.bpm == 120 && first.bar == 2 && first.beat == 2 &&
                  std::abs(first.beatFraction - (123456 / 24000.0 - 5)) < 1e-4,
              "musical position");
        const auto told = [&](bool playing, int64_t frame) {
            return until([&] {
                const auto transport = app.heard().transport;
                return !transport.empty() && transport.back() == json{{"playing", playing}, {"hostFrame", frame}};
            });
        };
        check(told(false, 173456), "a stop is told, with its place");
        song.playing = true;
        song.frame = -480;
        one.roll(song, 64, 64);
        check(told(true, -480), "a start is told, with its place");
    }
    app.forget();
    Song song;
    song.playing = song.looping = true;
    one.renderOffline(true);
    one.roll(song, 1000, 500, &in);
    song.frame = 48000;
    one.roll(song, 1000, 500, &in);
    one.renderOffline(false);
    check(until([&] { return app.heard().frames == 2000; }), "captured around a jump");
    check(app.heard().audio.back().position.hostFrame == 48500, "the jump has its place");
    check(app.heard().audio.back().position.bits == (AudioPosition::playing | AudioPosition::looping | AudioPosition::offline | AudioPosition::musical),
          "looping and offline are told");
}

/// An offline bounce, many times faster than real time, to an app that does not read for a while: nothing is lost.
static void bounce(ClapInstance& one, FakeApp& app)
{
    app.forget();
    app.stuck = true;
    constexpr uint32_t frames = 48000 * 60;
    const auto in = stereoNoise(frames, 43);
    Song song;
    song.playing = true;
    for (uint32_t at = 0; at < frames; at += 48000)
    {
        const ClapInstance::Audio part = {{in[0].begin() + at, in[0].begin() + at + 48000}, {in[1].begin() + at, in[1].begin() + at + 48000}};
        one.roll(song, 48000, 1024, &part);
        std::this_thread::sleep_for(std::chrono::milliseconds(50)); // 20 times real time; the app is stuck for 3 s of it
    }
    app.stuck = false;
    check(until([&] { return app.heard().frames == frames; }), "a bounce arrives whole");
    const Heard heard = app.heard();
    const auto audio = timeline(heard, 0, frames);
    check(heard.gaps.empty() && sameBits(audio[0], in[0]) && sameBits(audio[1], in[1]), "bit for bit, without a gap");
}

/// Faster than any thread can empty the ring: what is lost is counted with its place, and capturing goes on.
static void overrun(ClapInstance& one, FakeApp& app)
{
    app.forget();
    app.stuck = true;
    app.positionsOnly = true;
    constexpr uint32_t total = 48000 * 60; // the ring holds 22 s
    const auto in = stereoNoise(48000, 41);
    Song song;
    song.playing = true;
    for (uint32_t at = 0; at < total; at += 48000) one.roll(song, 48000, 8192, &in);
    app.stuck = false;
    song.playing = false;
    uint64_t lost = 0;
    const bool whole = until(
        [&] {
            const Heard heard = app.heard();
            lost = 0;
            for (const auto& gap : heard.gaps) lost += gap.frames;
            return heard.frames + lost == total;
        },
        [&] { one.roll(song, 64, 64); }); // stopped: what is lost at the end is told, too
    std::printf("  %u frames at once, %llu lost\n", total, (unsigned long long)lost);
    check(whole, "what a full ring loses is counted");
    const Heard heard = app.heard();
    int64_t at = 0;
    size_t block = 0;
    bool placed = true;
    for (const auto& gap : heard.gaps)
    {
        while (block < heard.audio.size() && heard.audio[block].position.hostFrame < gap.hostFrame)
        {
            placed &= heard.audio[block].position.hostFrame == at;
            at += heard.audio[block++].position.frames;
        }
        placed &= gap.hostFrame == at;
        at += int64_t(gap.frames);
    }
    check(placed, "gaps are exactly where audio is missing");
    check(until([&] { return app.heard().status["droppedFrames"] == lost; }), "and in the status");
    app.positionsOnly = false;
    app.forget();
}

static void reconnect(ClapInstance& one, FakeApp& app)
{
    app.stop(false); // as by kill -9: the file stays
    Song song;
    const auto in = stereoNoise(48000, 42);
    song.playing = true;
    const auto heard = one.roll(song, 48000, 128, &in);
    check(sameBits(heard[0], in[0]), "without the app the track goes on");
    const auto began = std::chrono::steady_clock::now();
    app.start();
    check(until([&] { return app.connections() == 1; }, [&] { one.roll(song, 128, 128); }), "a new app is found");
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::printf("  reconnected after %.2f s\n", seconds);
    check(until([&] { return app.heard().frames >= 48000; }, [&] { one.roll(song, 128, 128); }), "and gets what was played meanwhile");
    check(until([&] { return app.heard().parameters.size() > 50 && !app.heard().status.is_null(); }), "and all parameters and the status");
}

/// What is played before there is an app, or while it refuses the plugin, is not kept.
static void unheard(const ClapLibrary& library, bool refused)
{
    const auto in = stereoNoise(4800, 44);
    FakeApp app;
    app.refuse = refused;
    if (refused) app.start();
    ClapInstance one(library);
    one.activate();
    Song song;
    if (refused) check(until([&] { return one.get(sonidesk::parameter::count) == 2; }, [&] { one.roll(song, 64, 64); }), "refused");
    song.playing = true;
    one.roll(song, 4800, 480, &in);
    song.playing = false;
    app.refuse = false;
    if (!refused) app.start();
    check(until([&] { return !app.newestStatus().is_null(); }, [&] { one.roll(song, 128, 128); }), "connected");
    check(app.newest().frames == 0, "what was played before the app takes the plugin is not kept");
}

/// An export plays before the app has answered, which it does when the plugin has opened its connection `tries` times.
static void early(const ClapLibrary& library, size_t tries)
{
    constexpr uint32_t frames = 48000 * 30; // more than the ring holds
    const auto in = stereoNoise(frames, 44);
    FakeApp app;
    app.start();
    app.stuck = true;
    ClapInstance one(library);
    one.activate();
    Song song;
    song.playing = true;
    for (uint32_t at = 0; at < frames; at += 48000)
    {
        const ClapInstance::Audio part = {{in[0].begin() + at, in[0].begin() + at + 48000}, {in[1].begin() + at, in[1].begin() + at + 48000}};
        one.roll(song, 48000, 1024, &part);
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    check(until([&] { return app.opened() >= tries; }), "the plugin asks until it is answered");
    check(app.connections() == 0, "the app has not answered yet");
    app.stuck = false;
    check(until([&] { return app.newest().frames == frames; }), "an export that begins before the app answers arrives whole");
    const Heard heard = app.newest();
    const auto audio = timeline(heard, 0, frames);
    check(heard.gaps.empty() && sameBits(audio[0], in[0]) && sameBits(audio[1], in[1]), "from its first frame on, bit for bit");
}

static void conversation(const ClapLibrary& library, FakeApp& app)
{
    ClapInstance one(library);
    one.activate(44100, 256);
    check(settle(one, app, [](const Heard& heard) { return !heard.status.is_null(); }), "connects");
    const Heard first = app.heard();
    check(first.hello["format"] == "CLAP" && first.hello["sampleRate"] == 44100 && first.hello["maxBlockFrames"] == 256 &&
              first.hello["host"] == "SoniDesk host harness" && first.hello["token"] == "token",
          "hello says who it is: " + first.hello.dump());
    one.set("slot", 7);
    check(settle(one, app, [](const Heard& heard) { return heard.hello["slot"] == 7; }), "a new slot is told");
    one.set("gain", -4);
    check(settle(one, app, [](const Heard& heard) { auto at = heard.parameters.find("gain"); return at != heard.parameters.end() && at->second == -4; }), "a moved parameter is told");
    app.send(FrameType::assign, {{"track", "t1"}, {"name", "Söng"}, {"colour", "#12ab34"}});
    app.send(FrameType::parameters, {{"stem3_fader", -7}, {"unknown", 1}});
    check(settle(one, app, [&](const Heard&) { return one.get("stem3_fader") == -7; }), "the app sets a parameter");
    check(until([&] { return one.reported[one.parameterId("stem3_fader")] == -7; }, [&] { Song song; one.roll(song, 64, 64); }), "and the host is told");
    check(settle(one, app, [](const Heard& heard) { return heard.hello["name"] == "Söng"; }), "an assigned name is kept");
    app.sendRaw(std::vector<uint8_t>(100, 0x55));
    check(until([&] { return app.connections() == 2; }, [&] { Song song; one.roll(song, 64, 64); }), "garbage ends the connection, a new one follows");
    app.refuse = true;
    app.sendRaw(std::vector<uint8_t>(100, 0x55));
    check(until([&] { return one.get(sonidesk::parameter::count) == 2; }, [&] { Song song; one.roll(song, 64, 64); }), "a refusal is shown");
    app.refuse = false;
    check(until([&] { return one.get(sonidesk::parameter::count) == 1; }, [&] { Song song; one.roll(song, 64, 64); }), "and forgotten when the app lets it in");
}

void capture(const Options& options)
{
    const ClapLibrary library(options.plugin);
    FakeApp app;
    app.start();
    {
        ClapInstance one(library);
        connect(one, app);
        exact(one, app);
        bounce(one, app);
        overrun(one, app);
        reconnect(one, app);
    }
    app.stop();
    app.start();
    conversation(library, app);
    app.stop();
    unheard(library, false);
    unheard(library, true);
    early(library, 1);
    early(library, 3);
}

} // namespace host
