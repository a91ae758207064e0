#pragma once
#include "../strip/StripSettings.hpp"
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace sonidesk {

/// The parameters of the plugin. Order, symbols and ranges are part of saved sessions: only ever append.
namespace parameter {

enum Index : uint32_t
{
    slot,
    monitor,
    stripOn,
    gain,
    pan,
    sendOn,
    send,
    highPassOn,
    highPassHz,
    eqFirst, // per band: frequency, gain, Q
    compressorOn = eqFirst + 18,
    threshold,
    ratio,
    attack,
    release,
    knee,
    makeup,
    stemFirst, // per stem: fader, mute, solo
    count = stemFirst + 24,
};

constexpr uint32_t bands = 6;
constexpr uint32_t stems = 8;

enum Hint : uint8_t
{
    plain = 0,
    toggle = 1,
    logarithmic = 2,
    integer = 4,
};

struct Description
{
    char name[32];
    char symbol[24];
    const char* unit;
    float minimum, maximum, initial;
    uint8_t hint;
};

/// Ranges are those of `stripRanges` in main/contracts/mixPlan.ts.
inline Description describe(uint32_t index)
{
    switch (index)
    {
    case slot: return {"Slot", "slot", "", 0, 64, 0, integer};
    case monitor: return {"Play stems", "play_stems", "", 0, 1, 0, toggle};
    case stripOn: return {"Strip", "strip", "", 0, 1, 0, toggle};
    case gain: return {"Gain", "gain", "dB", -60, 12, 0, plain};
    case pan: return {"Pan", "pan", "", -1, 1, 0, plain};
    case sendOn: return {"Send", "send_on", "", 0, 1, 0, toggle};
    case send: return {"Send level", "send", "dB", -60, 6, -60, plain};
    case highPassOn: return {"High-pass", "hp_on", "", 0, 1, 0, toggle};
    case highPassHz: return {"High-pass frequency", "hp_hz", "Hz", 20, 1000, 20, logarithmic};
    case compressorOn: return {"Compressor", "comp_on", "", 0, 1, 0, toggle};
    case threshold: return {"Threshold", "comp_threshold", "dB", -60, 0, 0, plain};
    case ratio: return {"Ratio", "comp_ratio", ":1", 1, 20, 2, logarithmic};
    case attack: return {"Attack", "comp_attack", "ms", 0.1f, 200, 10, logarithmic};
    case release: return {"Release", "comp_release", "ms", 5, 2000, 150, logarithmic};
    case knee: return {"Knee", "comp_knee", "dB", 0, 24, 6, plain};
    case makeup: return {"Makeup", "comp_makeup", "dB", 0, 24, 0, plain};
    default: break;
    }
    Description made{};
    if (index < compressorOn)
    {
        const uint32_t band = (index - eqFirst) / 3, field = (index - eqFirst) % 3;
        const StripSettings initial;
        static const char* const names[] = {"frequency", "gain", "Q"};
        static const char* const symbols[] = {"hz", "db", "q"};
        std::snprintf(made.name, sizeof made.name, "EQ %u %s", band + 1, names[field]);
        std::snprintf(made.symbol, sizeof made.symbol, "eq%u_%s", band + 1, symbols[field]);
        made.unit = field == 0 ? "Hz" : field == 1 ? "dB" : "";
        made.minimum = field == 0 ? 20 : field == 1 ? -18 : 0.1f;
        made.maximum = field == 0 ? 20000 : field == 1 ? 18 : 10;
        made.initial = float(field == 0 ? initial.eq[band].frequencyHz : field == 1 ? 0 : initial.eq[band].q);
        made.hint = field == 1 ? plain : logarithmic;
        return made;
    }
    const uint32_t stem = (index - stemFirst) / 3, field = (index - stemFirst) % 3;
    static const char* const names[] = {"fader", "mute", "solo"};
    std::snprintf(made.name, sizeof made.name, "Stem %u %s", stem + 1, names[field]);
    std::snprintf(made.symbol, sizeof made.symbol, "stem%u_%s", stem + 1, names[field]);
    made.unit = field == 0 ? "dB" : "";
    made.minimum = field == 0 ? -60 : 0;
    made.maximum = field == 0 ? 12 : 1;
    made.hint = field == 0 ? plain : toggle;
    return made;
}

/// All descriptions, made once: [any-thread] after the first call, which is not on the audio thread.
inline const std::array<Description, count>& descriptions()
{
    static const std::array<Description, count> all = [] {
        std::array<Description, count> made{};
        for (uint32_t i = 0; i < count; ++i) made[i] = describe(i);
        return made;
    }();
    return all;
}

/// The parameter of that symbol, `count` when there is none.
inline uint32_t find(const char* symbol)
{
    uint32_t i = 0;
    while (i < count && std::strcmp(descriptions()[i].symbol, symbol) != 0) ++i;
    return i;
}

/// The strip that `values` (indexed as above, floats or atomics) ask for.
template <class Values> StripSettings stripOf(const Values& values) noexcept
{
    StripSettings s;
    if (values[stripOn] < 0.5f) return s; // neutral passes bit for bit
    s.highPassEnabled = values[highPassOn] >= 0.5f;
    s.highPassHz = values[highPassHz];
    for (uint32_t band = 0; band < bands; ++band)
    {
        const uint32_t field = eqFirst + 3 * band;
        s.eq[band].frequencyHz = values[field];
        s.eq[band].gainDb = values[field + 1];
        s.eq[band].q = values[field + 2];
    }
    s.compressor = {values[compressorOn] >= 0.5f, values[threshold], values[ratio], values[attack], values[release], values[knee], values[makeup]};
    s.gainDb = values[gain];
    s.pan = values[pan];
    s.sendEnabled = values[sendOn] >= 0.5f;
    s.sendDb = values[send];
    return s;
}

} // namespace parameter
} // namespace sonidesk
