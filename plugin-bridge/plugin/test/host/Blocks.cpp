// Blocks, rates, bypass: what goes in comes out, bit for bit, without delay.
#include "Suites.hpp"

namespace host {

static void bypass(const ClapLibrary& library)
{
    const auto in = stereoNoise(20000, 1);
    for (uint32_t block : {1u, 2u, 3u, 7u, 16u, 31u, 32u, 33u, 63u, 64u, 127u, 128u, 441u, 512u, 1000u, 1024u, 1025u, 2048u, 4096u, 4097u, 8191u, 8192u})
    {
        ClapInstance one(library);
        one.activate();
        for (bool playing : {false, true})
        {
            Song song;
            song.playing = playing;
            const auto heard = one.roll(song, uint32_t(in[0].size()), block, &in);
            check(sameBits(heard[0], in[0]) && sameBits(heard[1], in[1]),
                  "neutral in blocks of " + std::to_string(block) + (playing ? ", playing" : ", stopped"));
        }
    }
}

static void emptyBlocks(const ClapLibrary& library)
{
    ClapInstance one(library);
    one.activate();
    const auto in = stereoNoise(64, 2);
    Song song;
    song.playing = true;
    one.process(song, in[0].data(), in[1].data(), 0);
    one.set("gain", 6);
    one.process(song, in[0].data(), in[1].data(), 0);
    check(one.get("gain") == 6, "a block of no frames takes its events");
    one.process(song, in[0].data(), in[1].data(), 64);
    check(one.out[0].size() == 64, "a block after empty ones");
}

static void rates(const ClapLibrary& library)
{
    ClapInstance one(library);
    const auto in = stereoNoise(5000, 3);
    for (double rate : {44100.0, 8000.0, 48000.0, 96000.0, 192000.0, 384000.0, 48000.0})
    {
        one.activate(rate, rate > 50000 ? 64 : 1024);
        Song song;
        const auto heard = one.roll(song, 5000, 500, &in);
        check(sameBits(heard[0], in[0]), "neutral at " + std::to_string(rate));
        one.deactivate();
    }
    const auto* latency = one.extension<clap_plugin_latency_t>(CLAP_EXT_LATENCY);
    check(latency != nullptr && latency->get(one.plugin) == 0, "latency 0 is reported");
}

/// All parts of the strip on: an impulse comes out at its own frame, and the result does not depend on the block size.
static void latency(const ClapLibrary& library)
{
    ClapInstance::Audio impulse = {std::vector<float>(4096), std::vector<float>(4096)};
    impulse[0][1000] = impulse[1][1000] = 1;
    ClapInstance::Audio first;
    for (uint32_t block : {4096u, 1u, 17u, 32u, 128u, 1000u})
    {
        ClapInstance one(library);
        for (auto [symbol, value] : {std::pair<const char*, double>{"strip", 1}, {"gain", -3}, {"pan", 0.3}, {"hp_on", 1}, {"hp_hz", 80},
                                     {"eq2_db", 6}, {"eq6_db", -4}, {"comp_on", 1}, {"comp_threshold", -30}})
            one.set(symbol, value);
        Song song;
        one.activate();
        one.process(song, nullptr, nullptr, 0);
        one.activate(); // the strip stands at its settings at once
        const auto heard = one.roll(song, 4096, block, &impulse);
        if (first.empty()) first = heard;
        bool quiet = true;
        for (uint32_t n = 0; n < 1000; ++n) quiet &= heard[0][n] == 0;
        check(quiet && std::abs(heard[0][1000]) > 0.1f, "an impulse is not delayed");
        check(sameBits(heard[0], first[0]) && sameBits(heard[1], first[1]), "the strip in blocks of " + std::to_string(block));
    }
}

static void restarts(const ClapLibrary& library)
{
    ClapInstance one(library);
    const auto in = stereoNoise(256, 4);
    Song song;
    for (int i = 0; i < 50; ++i)
    {
        one.activate(i % 2 ? 44100 : 48000, 256);
        const auto heard = one.roll(song, 256, 256, &in);
        if (!check(sameBits(heard[0], in[0]), "activated again")) return;
        one.deactivate();
    }
}

void blocks(const Options& options)
{
    const ClapLibrary library(options.plugin);
    bypass(library);
    emptyBlocks(library);
    rates(library);
    latency(library);
    restarts(library);
}

} // namespace host
