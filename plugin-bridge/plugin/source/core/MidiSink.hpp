#pragma once
#include <cstdint>

namespace sonidesk {

/// Takes the MIDI that an instance plays.
class MidiSink
{
public:
    virtual ~MidiSink() = default;
    /// [audio-thread] `frame` counts from the start of the host's block; false when the host's buffer is full.
    virtual bool midi(uint32_t frame, uint8_t status, uint8_t pitch, uint8_t velocity) noexcept = 0;
};

} // namespace sonidesk
