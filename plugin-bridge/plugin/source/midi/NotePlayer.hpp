#pragma once
#include "../protocol/AudioBlock.hpp"
#include <algorithm>
#include <cstdint>
#include <vector>

namespace sonidesk {

/// Plays a list of notes in time with the host transport, sample-accurately. No note hangs: stops, jumps and new lists end what sounds.
class NotePlayer
{
public:
    /// [audio-thread] Plays `notes` (ordered by start; null for none) over frames [hostFrame, hostFrame + frames).
    /// `emit(offset, status, pitch, velocity)` gets the MIDI bytes in time order; false when the host takes no more in this block: the
    /// rest follows in the next one.
    template <class Emit>
    void run(const std::vector<NoteEvent>* notes, bool changed, bool playing, int64_t hostFrame, uint32_t frames, Emit&& emit) noexcept
    {
        if (changed || !playing || hostFrame != expected) silence(emit);
        if (changed || hostFrame != expected) next = seek(notes, hostFrame);
        expected = playing ? hostFrame + frames : stopped;
        if (!playing || notes == nullptr) return;
        const int64_t end = hostFrame + frames;
        for (;;)
        {
            const Sounding* first = earliest();
            const NoteEvent* start = next < notes->size() && (*notes)[next].startFrame < end ? &(*notes)[next] : nullptr;
            const bool offDue = first != nullptr && first->endFrame < end;
            // An end comes before a start at the same frame, so that a repeated pitch sounds again.
            if (offDue && (start == nullptr || first->endFrame <= start->startFrame))
            {
                if (!emit(offset(first->endFrame, hostFrame), uint8_t(0x80 | first->channel), first->pitch, uint8_t(0))) return;
                remove(first);
            }
            else if (start != nullptr)
            {
                if (count == capacity) return; // more than 256 at once: the rest waits for a free place
                const uint8_t velocity = std::max<uint8_t>(1, start->velocity);
                if (!emit(offset(start->startFrame, hostFrame), uint8_t(0x90 | start->channel), start->pitch, velocity)) return;
                sounding[count++] = {std::max(start->endFrame, start->startFrame + 1), start->channel, start->pitch};
                ++next;
            }
            else
                return;
        }
    }

private:
    struct Sounding
    {
        int64_t endFrame;
        uint8_t channel, pitch;
    };
    static constexpr uint32_t capacity = 256;
    static constexpr int64_t stopped = INT64_MIN;

    static size_t seek(const std::vector<NoteEvent>* notes, int64_t frame) noexcept
    {
        if (notes == nullptr) return 0;
        const auto at = std::lower_bound(notes->begin(), notes->end(), frame,
                                         [](const NoteEvent& note, int64_t value) { return note.startFrame < value; });
        return size_t(at - notes->begin());
    }

    static uint32_t offset(int64_t frame, int64_t hostFrame) noexcept { return uint32_t(std::max<int64_t>(0, frame - hostFrame)); }

    const Sounding* earliest() const noexcept
    {
        return count == 0 ? nullptr : std::min_element(sounding, sounding + count, [](const Sounding& a, const Sounding& b) { return a.endFrame < b.endFrame; });
    }

    void remove(const Sounding* one) noexcept { sounding[one - sounding] = sounding[--count]; }

    template <class Emit> void silence(Emit&& emit) noexcept
    {
        while (count > 0)
        {
            const Sounding& last = sounding[count - 1];
            if (!emit(uint32_t(0), uint8_t(0x80 | last.channel), last.pitch, uint8_t(0))) break;
            --count;
        }
        for (uint32_t i = 0; i < count; ++i) sounding[i].endFrame = stopped; // due at once in the next block
    }

    Sounding sounding[capacity];
    uint32_t count = 0;
    size_t next = 0;
    int64_t expected = stopped;
};

} // namespace sonidesk
