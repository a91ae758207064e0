// CPU time of one instance on the audio thread, in percent of one core at 48 kHz in blocks of 128 frames.
// Usage: PluginBench PLUGIN.clap
#include "../host/Check.hpp"
#include "../host/FakeApp.hpp"
#include "../host/Signals.hpp"
#include <cmath>
#include <ctime>

using namespace host;
using sonidesk::FrameType;

static double threadSeconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

/// The host's own part of a block (its buffers and lists), for comparison.
static double cost(ClapInstance& one, const ClapInstance::Audio& in, Song song, bool moving = false)
{
    constexpr uint32_t block = 128, frames = 48000 * 10;
    const uint32_t gain = one.parameterId("gain"), band = one.parameterId("eq3_db");
    one.roll(song, 48000, block, &in);
    const double start = threadSeconds();
    for (uint32_t at = 0; at < frames; at += block)
    {
        if (moving)
        {
            one.set(gain, -6 + 6 * std::sin(at * 1e-4));
            one.set(band, 6 * std::sin(at * 1.3e-4));
        }
        const uint32_t from = at % (48000 * 9);
        one.process(song, &in[0][from], &in[1][from], block);
        if (song.playing) song.frame += block;
    }
    return (threadSeconds() - start) / 10 * 100;
}

int main(int count, char** arguments)
{
    if (count < 2) return std::fprintf(stderr, "usage: PluginBench PLUGIN.clap\n"), 2;
    const auto in = stereoNoise(480000, 1);
    const ClapLibrary library(arguments[1]);
    FakeApp app;
    app.positionsOnly = true;
    ClapInstance one(library);
    one.activate();
    Song stopped, rolling;
    rolling.playing = true;
    std::printf("percent of one core, one instance, 48 kHz, 128 frames a block:\n");
    std::printf("  strip neutral                         %.3f\n", cost(one, in, stopped));
    for (auto [symbol, value] : {std::pair<const char*, double>{"strip", 1}, {"hp_on", 1}, {"hp_hz", 60}, {"eq1_db", 3}, {"eq2_db", -2},
                                 {"eq3_db", 4}, {"eq4_db", 1}, {"eq5_db", -3}, {"eq6_db", 2}, {"comp_on", 1}, {"comp_threshold", -24},
                                 {"gain", -2}, {"pan", 0.2}, {"send_on", 1}})
        one.set(symbol, value);
    std::printf("  strip on, all of it                   %.3f\n", cost(one, in, stopped));
    std::printf("  the same, gain and a band moving      %.3f\n", cost(one, in, stopped, true));
    app.start();
    if (!until([&] { return app.heard().status.is_object(); }, [&] { one.roll(stopped, 128, 128); })) return 1;
    std::printf("  strip on, captured                    %.3f\n", cost(one, in, rolling));
    json list = json::array();
    for (int i = 0; i < 4; ++i)
        list.push_back({{"stem", std::to_string(i)}, {"file", writeWav(app.folder() + "/" + std::to_string(i) + ".wav", stereoNoise(48000 * 60, i))}, {"startFrame", 0}, {"gainDb", 0}});
    app.send(FrameType::stems, {{"stems", list}});
    one.set("play_stems", 1);
    const auto ready = [&] {
        const Heard heard = app.heard();
        return heard.status["stems"].size() == 4 && heard.status["stems"][3]["state"] == "ready";
    };
    if (!until(ready, [&] { one.roll(stopped, 128, 128); })) return 1;
    std::printf("  strip on, captured, four stems play   %.3f\n", cost(one, in, rolling));
    return 0;
}
