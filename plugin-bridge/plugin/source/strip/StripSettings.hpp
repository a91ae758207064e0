#pragma once

namespace sonidesk {

/// Settings of the channel strip; ranges and meaning in main/contracts/mixPlan.ts, formulas in main/audio/strip/STRIP.md.
enum class BandType { lowShelf, bell, highShelf };

struct EqBand
{
    BandType type = BandType::bell;
    double frequencyHz = 1000, gainDb = 0, q = 1;
};

struct CompressorSettings
{
    bool enabled = false;
    double thresholdDb = 0, ratio = 2, attackMs = 10, releaseMs = 150, kneeDb = 6, makeupDb = 0;
};

struct StripSettings
{
    bool highPassEnabled = false;
    double highPassHz = 20;
    EqBand eq[6] = {{BandType::lowShelf, 100, 0, 0.70710678118654757}, {BandType::bell, 250}, {BandType::bell, 700},
                    {BandType::bell, 2000}, {BandType::bell, 5000}, {BandType::highShelf, 10000, 0, 0.70710678118654757}};
    CompressorSettings compressor;
    double gainDb = 0;
    /// -1 left, 0 centre, 1 right.
    double pan = 0;
    bool sendEnabled = false;
    double sendDb = -60;
};

} // namespace sonidesk
