#pragma once
#include <cstdint>

namespace sonidesk {

/// The host's transport at the first frame of a block.
struct Transport
{
    bool playing = false, looping = false;
    /// Faster than real time: bounce, freewheel.
    bool offline = false;
    /// False when the host gives no musical time; then what follows `frame` means nothing.
    bool musical = false;
    /// Position on the host timeline; negative in a pre-roll.
    int64_t frame = 0;
    double bpm = 120, beatFraction = 0;
    int32_t bar = 1, beat = 1;
    float beatsPerBar = 4, beatUnit = 4;
};

} // namespace sonidesk
