#pragma once
#include <cstdint>

namespace sonidesk {

/// The 64 bytes before the samples of an `audio` frame, laid out as on the wire (PROTOCOL.md). Plain data: written on the audio thread.
struct AudioPosition
{
    enum Bits : uint16_t
    {
        playing = 1,
        looping = 2,
        offline = 4,
        musical = 8,
    };

    int64_t hostFrame = 0;
    uint64_t streamFrame = 0;
    uint32_t frames = 0;
    uint16_t channels = 0;
    uint16_t bits = 0;
    double bpm = 0;
    double beatFraction = 0;
    int32_t bar = 0;
    int32_t beat = 0;
    float beatsPerBar = 0;
    float beatUnit = 0;
    uint8_t reserved[8] = {};
};
static_assert(sizeof(AudioPosition) == 64, "the position is laid out as on the wire");

/// Payload of a `gap` frame.
struct GapPosition
{
    int64_t hostFrame = 0;
    uint64_t streamFrame = 0;
    uint64_t frames = 0;
};
static_assert(sizeof(GapPosition) == 24, "the gap is laid out as on the wire");

/// One event of a `notes` frame.
struct NoteEvent
{
    int64_t startFrame = 0;
    int64_t endFrame = 0;
    uint8_t channel = 0;
    uint8_t pitch = 0;
    uint8_t velocity = 0;
    uint8_t reserved[5] = {};

    bool valid() const noexcept { return channel < 16 && pitch < 128 && velocity < 128 && endFrame >= startFrame; }
};
static_assert(sizeof(NoteEvent) == 24, "the event is laid out as on the wire");

} // namespace sonidesk
