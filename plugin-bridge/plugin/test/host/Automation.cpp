// Parameters: sample-accurate events, storms, values out of range, ids that do not exist.
#include "Suites.hpp"
#include "../../source/core/Parameters.hpp"
#include <random>

namespace host {

namespace p = sonidesk::parameter;

/// The same events in blocks of any size: the same output.
static void accurate(const ClapLibrary& library)
{
    const auto in = stereoNoise(8192, 7);
    std::vector<ParameterEvent> events;
    std::mt19937 random(3);
    ClapInstance named(library);
    for (uint32_t time = 0; time < 8192; time += 1 + random() % 300)
        events.push_back({time, named.parameterId("gain"), -double(random() % 24)});
    ClapInstance::Audio first;
    for (uint32_t block : {32u, 8192u, 1u, 100u, 4096u})
    {
        ClapInstance one(library);
        one.set("strip", 1);
        Song song;
        one.activate();
        one.process(song, nullptr, nullptr, 0);
        one.activate();
        ClapInstance::Audio heard(2);
        size_t next = 0;
        for (uint32_t at = 0; at < 8192; at += block)
        {
            const uint32_t count = std::min(block, 8192 - at);
            std::vector<ParameterEvent> here;
            for (; next < events.size() && events[next].time < at + count; ++next) here.push_back({events[next].time - at, events[next].id, events[next].value});
            one.process(song, &in[0][at], &in[1][at], count, here);
            heard[0].insert(heard[0].end(), one.out[0].begin(), one.out[0].end());
        }
        if (first.empty()) first = heard;
        check(sameBits(heard[0], first[0]), "automation to the sample in blocks of " + std::to_string(block));
    }
}

static void storm(const ClapLibrary& library)
{
    ClapInstance one(library);
    one.activate();
    std::mt19937 random(4);
    const auto in = stereoNoise(1024, 8);
    Song song;
    song.playing = true;
    bool finite = true;
    for (int i = 0; i < 300; ++i)
    {
        std::vector<ParameterEvent> events;
        for (uint32_t time = 0; time < 1024; time += random() % 3)
        {
            const uint32_t id = random() % (p::count + 3);
            const double wild[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, 1, double(random()) / 1e5};
            const double value = random() % 4 || id >= p::count ? wild[random() % 8]
                                                                : p::descriptions()[id].minimum + (p::descriptions()[id].maximum - p::descriptions()[id].minimum) * (random() % 1001) / 1000.0;
            events.push_back({time, random() % 50 ? id : 0xffffffff, value});
        }
        one.process(song, in[0].data(), in[1].data(), 1024, events);
        song.frame += 1024;
        for (float sample : one.out[0]) finite &= std::isfinite(sample);
    }
    check(finite, "a storm of parameters, wild values among them, leaves finite audio");
    for (uint32_t i = 0; i < p::count; ++i)
        check(one.get(i) >= p::descriptions()[i].minimum && one.get(i) <= p::descriptions()[i].maximum, std::string(p::descriptions()[i].symbol) + " is in its range");
    for (uint32_t i = 0; i < p::count; ++i) one.set(i, p::descriptions()[i].initial);
    one.roll(song, 4096, 128);
    const auto clean = stereoNoise(4096, 9);
    const auto heard = one.roll(song, 4096, 128, &clean);
    check(sameBits(heard[0], clean[0]), "neutral again after the storm");
}

static void descriptions(const ClapLibrary& library)
{
    const ClapInstance one(library);
    const auto* params = one.extension<clap_plugin_params_t>(CLAP_EXT_PARAMS);
    check(params->count(one.plugin) == p::count + 1, "all parameters, and the connection");
    for (uint32_t i = 0; i < params->count(one.plugin); ++i)
    {
        clap_param_info_t info{};
        check(params->get_info(one.plugin, i, &info) && info.name[0] != '\0' && info.min_value < info.max_value &&
                  info.default_value >= info.min_value && info.default_value <= info.max_value,
              "description of parameter " + std::to_string(i));
        check(((info.flags & CLAP_PARAM_IS_AUTOMATABLE) != 0) == (i < p::count), "automatable: " + std::string(info.name));
    }
}

void automation(const Options& options)
{
    const ClapLibrary library(options.plugin);
    accurate(library);
    storm(library);
    descriptions(library);
}

} // namespace host
