// The channel strip against the golden vectors of test/golden/strip, which main/audio/strip meets too.
// Usage: GoldenStrip FOLDER. Exit 1 when a vector is missed.
#include "../source/strip/ChannelStrip.hpp"
#include "StripSignals.hpp"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using nlohmann::json;
using namespace sonidesk;

static StripSettings settingsOf(const json& j)
{
    StripSettings s;
    s.highPassEnabled = j["highPass"]["enabled"];
    s.highPassHz = j["highPass"]["frequencyHz"];
    for (int i = 0; i < 6; ++i)
    {
        const json& band = j["eq"][i];
        const std::string type = band["type"];
        s.eq[i] = {type == "bell" ? BandType::bell : type == "low-shelf" ? BandType::lowShelf : BandType::highShelf,
                   band["frequencyHz"], band["gainDb"], band["q"]};
    }
    const json& c = j["compressor"];
    s.compressor = {c["enabled"], c["thresholdDb"], c["ratio"], c["attackMs"], c["releaseMs"], c["kneeDb"], c["makeupDb"]};
    s.gainDb = j["gainDb"];
    s.pan = j["pan"];
    s.sendEnabled = !j["sendDb"].is_null();
    if (s.sendEnabled) s.sendDb = j["sendDb"];
    return s;
}

/// Largest difference to the file over the frames kept, with the stream cut into blocks of `block` frames.
static double worst(const json& golden, uint32_t block)
{
    const size_t frames = golden["frames"], every = golden["every"];
    const double rate = golden["sampleRate"];
    std::vector<double> left(frames), right(frames), sendLeft(frames), sendRight(frames);
    signal(golden["input"], rate, left, right);
    ChannelStrip strip;
    strip.reset(settingsOf(golden["settings"]), rate);
    for (size_t half : {size_t(0), frames / 2})
    {
        if (half > 0 && golden.contains("after")) strip.set(settingsOf(golden["after"]));
        for (size_t at = half; at < half + frames / 2; at += block)
            strip.process(&left[at], &right[at], &sendLeft[at], &sendRight[at],
                          uint32_t(std::min<size_t>(block, half + frames / 2 - at)));
    }
    double error = 0;
    const auto compare = [&](const char* name, const std::vector<double>& audio) {
        for (size_t i = 0; i * every < frames; ++i) error = std::max(error, std::abs(audio[i * every] - double(golden[name][i])));
    };
    compare("left", left);
    compare("right", right);
    if (!golden.contains("reverb")) // the reverb runs in the app, not in the plugin
    {
        compare("sendLeft", sendLeft);
        compare("sendRight", sendRight);
    }
    return error;
}

int main(int count, char** arguments)
{
    if (count != 2) return std::fprintf(stderr, "usage: GoldenStrip FOLDER\n"), 2;
    int passed = 0, failed = 0;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1]))
    {
        if (entry.path().extension() != ".json") continue;
        const json golden = json::parse(std::ifstream(entry.path()));
        for (uint32_t block : {1u, 31u, 64u, 4096u})
        {
            const double error = worst(golden, block);
            const bool good = error < 1e-9;
            (good ? passed : failed)++;
            if (!good) std::printf("%s in blocks of %u: off by %g\n", entry.path().stem().c_str(), block, error);
        }
    }
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
