// The channel strip through the host: golden vectors, hostile input, no zipper noise.
#include "Suites.hpp"
#include "../../source/strip/FilterDesign.hpp"
#include "../StripSignals.hpp"
#include <filesystem>

namespace host {

/// Strip parameters of a golden file, as a host would set them. Every value is one a float32 parameter holds well enough.
static void setStrip(ClapInstance& one, const json& s)
{
    const auto number = [](const json& value) { return value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>(); };
    one.set("strip", 1);
    one.set("hp_on", number(s["highPass"]["enabled"]));
    one.set("hp_hz", number(s["highPass"]["frequencyHz"]));
    for (int band = 0; band < 6; ++band)
    {
        const std::string prefix = "eq" + std::to_string(band + 1);
        one.set((prefix + "_hz").c_str(), number(s["eq"][band]["frequencyHz"]));
        one.set((prefix + "_db").c_str(), number(s["eq"][band]["gainDb"]));
        one.set((prefix + "_q").c_str(), number(s["eq"][band]["q"]));
    }
    const json& c = s["compressor"];
    one.set("comp_on", number(c["enabled"]));
    one.set("comp_threshold", number(c["thresholdDb"]));
    one.set("comp_ratio", number(c["ratio"]));
    one.set("comp_attack", number(c["attackMs"]));
    one.set("comp_release", number(c["releaseMs"]));
    one.set("comp_knee", number(c["kneeDb"]));
    one.set("comp_makeup", number(c["makeupDb"]));
    one.set("gain", number(s["gainDb"]));
    one.set("pan", number(s["pan"]));
}

static bool usesOtherShapes(const json& settings)
{
    static const char* const shapes[] = {"low-shelf", "bell", "bell", "bell", "bell", "high-shelf"};
    for (int band = 0; band < 6; ++band)
        if (settings["eq"][band]["type"] != shapes[band] && settings["eq"][band]["gainDb"] != 0) return true;
    return false;
}

static void golden(const ClapLibrary& library, const std::string& folder)
{
    int used = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
    {
        if (entry.path().extension() != ".json") continue;
        const json file = json::parse(std::ifstream(entry.path()));
        // The plugin's bands have fixed shapes; the reverb runs in the app.
        if (file.contains("reverb") || usesOtherShapes(file["settings"]) || (file.contains("after") && usesOtherShapes(file["after"]))) continue;
        const uint32_t frames = file["frames"], every = file["every"];
        std::vector<double> left(frames), right(frames);
        signal(file["input"], file["sampleRate"], left, right);
        const ClapInstance::Audio in = {{left.begin(), left.end()}, {right.begin(), right.end()}};
        for (uint32_t block : {1u, 33u, 128u, 8192u})
        {
            ClapInstance one(library);
            Song song;
            setStrip(one, file["settings"]);
            one.activate(file["sampleRate"]);
            one.process(song, nullptr, nullptr, 0);
            one.activate(file["sampleRate"]);
            auto heard = one.roll(song, frames / 2, block, &in);
            if (file.contains("after")) setStrip(one, file["after"]);
            const ClapInstance::Audio rest = {{in[0].begin() + frames / 2, in[0].end()}, {in[1].begin() + frames / 2, in[1].end()}};
            const auto second = one.roll(song, frames / 2, block, &rest);
            double error = 0, loudest = 0;
            for (int channel = 0; channel < 2; ++channel)
            {
                heard[channel].insert(heard[channel].end(), second[channel].begin(), second[channel].end());
                const json& expected = file[channel ? "right" : "left"];
                for (uint32_t i = 0; i * every < frames; ++i)
                {
                    error = std::max(error, std::abs(heard[channel][i * every] - expected[i].get<double>()));
                    loudest = std::max(loudest, std::abs(expected[i].get<double>()));
                }
            }
            check(error <= 1e-4 * loudest, entry.path().stem().string() + " in blocks of " + std::to_string(block) + ": off by " +
                                               std::to_string(error) + " of " + std::to_string(loudest));
        }
        ++used;
    }
    check(used >= 8, "most golden files fit the plugin's strip: " + std::to_string(used));
}

static void loudStrip(ClapInstance& one)
{
    for (auto [symbol, value] : {std::pair<const char*, double>{"strip", 1}, {"hp_on", 1}, {"hp_hz", 30}, {"eq1_db", 12}, {"eq2_db", -12},
                                 {"eq3_db", 9}, {"eq4_db", 3}, {"eq5_db", -6}, {"eq6_db", 6}, {"comp_on", 1}, {"comp_threshold", -40},
                                 {"comp_ratio", 8}})
        one.set(symbol, value);
}

/// NaN, infinities and huge samples pass by; what follows is as if they had been silence.
static void hostileInput(const ClapLibrary& library)
{
    const auto good = stereoNoise(48000, 5);
    ClapInstance::Audio heard[2];
    for (int hostile = 0; hostile < 2; ++hostile)
    {
        ClapInstance one(library);
        loudStrip(one);
        one.activate();
        ClapInstance::Audio bad = {std::vector<float>(64, 0.0f), std::vector<float>(64, 0.0f)};
        if (hostile)
            for (int n = 0; n < 64; ++n)
            {
                bad[0][n] = n % 3 == 0 ? NAN : n % 3 == 1 ? INFINITY : -INFINITY;
                bad[1][n] = -NAN;
            }
        Song song;
        one.roll(song, 64, 64, &bad);
        for (float sample : one.out[0]) check(std::isfinite(sample), "NaN and infinities do not come out");
        heard[hostile] = one.roll(song, 48000, 128, &good);
    }
    check(sameBits(heard[0][0], heard[1][0]) && sameBits(heard[0][1], heard[1][1]), "NaN and infinities leave nothing behind");

    ClapInstance one(library);
    loudStrip(one);
    one.activate();
    const ClapInstance::Audio huge = {std::vector<float>(128, 3e38f), std::vector<float>(128, -3e38f)};
    Song song;
    one.roll(song, 128, 128, &huge);
    const ClapInstance::Audio silence = {std::vector<float>(480000), std::vector<float>(480000)};
    const auto after = one.roll(song, 480000, 512, &silence);
    check(std::abs(after[0].back()) < 1e-6f, "the strip recovers from the largest samples: " + std::to_string(after[0].back()));
}

/// Tiny numbers: the strip's filters come to rest at exact zero, and neutral passes denormals as they are.
static void denormals(const ClapLibrary& library)
{
    ClapInstance::Audio tiny = {std::vector<float>(4096, 1e-40f), std::vector<float>(4096, -3e-45f)};
    Song song;
    ClapInstance neutral(library);
    neutral.activate();
    const auto same = neutral.roll(song, 4096, 128, &tiny);
    check(sameBits(same[0], tiny[0]) && sameBits(same[1], tiny[1]), "denormals pass the neutral strip as they are");
    ClapInstance one(library);
    loudStrip(one);
    one.activate();
    const auto in = stereoNoise(4800, 6);
    one.roll(song, 4800, 128, &in);
    const ClapInstance::Audio silence = {std::vector<float>(960000), std::vector<float>(960000)};
    const auto after = one.roll(song, 960000, 512, &silence);
    check(after[0].back() == 0 && after[1].back() == 0, "after silence the strip rests at exact zero");
}

/// A sine through sudden changes of every strip parameter: no step is larger than the settings at rest make it, plus what a change
/// spread over 20 ms may add.
static void zipper(const ClapLibrary& library)
{
    const double omega = 2 * sonidesk::design::pi * 220 / 48000;
    ClapInstance::Audio in = {std::vector<float>(48000), std::vector<float>(48000)};
    for (uint32_t n = 0; n < 48000; ++n) in[0][n] = in[1][n] = float(0.25 * std::sin(omega * n));
    struct Change
    {
        const char* symbol;
        double from, to;
        const char* enable;
        double largest = 0.01;
    };
    for (const Change& change : {Change{"gain", -24, 6, nullptr}, {"pan", -0.9, 0.9, nullptr}, {"eq2_db", -12, 12, nullptr, 0.05},
                                 {"eq2_hz", 100, 1000, "eq2_db"}, {"hp_hz", 20, 400, "hp_on"}, {"hp_on", 0, 1, nullptr},
                                 {"comp_makeup", 0, 12, "comp_on", 0.05}, {"strip", 0, 1, nullptr}})
    {
        ClapInstance one(library);
        one.set("strip", 1);
        if (change.enable) one.set(change.enable, 6);
        if (std::string(change.symbol) == "strip") one.set("gain", -12);
        one.set(change.symbol, change.from);
        one.activate();
        Song song;
        one.roll(song, 24000, 128, &in);
        one.set(change.symbol, change.to);
        const ClapInstance::Audio rest = {{in[0].begin() + 24000, in[0].end()}, {in[1].begin() + 24000, in[1].end()}};
        const auto heard = one.roll(song, 24000, 128, &rest);
        // The second difference shows corners that the ear takes for clicks. A change of 30 dB over 960 samples stays far below 0.01;
        // band gain and makeup move in 30 steps of dB (STRIP.md section 2), here of 0.8 and 0.4.
        double corner = 0;
        for (size_t n = 2; n < 4000; ++n) corner = std::max(corner, std::abs(double(heard[0][n]) - 2 * heard[0][n - 1] + heard[0][n - 2]));
        check(corner < change.largest, std::string("no zipper noise from ") + change.symbol + ": " + std::to_string(corner));
    }
}

void strip(const Options& options)
{
    const ClapLibrary library(options.plugin);
    golden(library, options.golden);
    hostileInput(library);
    denormals(library);
    zipper(library);
}

} // namespace host
