#pragma once
#include "../protocol/AudioBlock.hpp"
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>

namespace sonidesk {

/// Carries captured audio from the audio thread to the bridge thread: single producer, single consumer, lock-free.
/// A record is either an audio block (AudioPosition, then planar float32) or a gap; a full ring makes a gap with exact positions.
class CaptureRing
{
public:
    enum class Kind : uint32_t
    {
        audio,
        gap
    };

    struct Record
    {
        Kind kind;
        uint32_t bytes;
    };

    /// Frames of one block at most; longer host blocks are cut.
    static constexpr uint32_t maxBlockFrames = 4096;
    static constexpr uint32_t maxChannels = 2;
    static constexpr size_t maxRecordBytes = sizeof(AudioPosition) + maxBlockFrames * maxChannels * sizeof(float);

    /// [not audio-thread] `bytes` is a power of two. 8 MiB hold 22 s of stereo at 48 kHz: 1 s at 20 times real time.
    explicit CaptureRing(size_t bytes = size_t(1) << 23) : memory(new uint8_t[bytes]), size(bytes), mask(bytes - 1) {}

    /// [audio-thread] Copies one block; when there is no room the frames are counted as a gap. Never blocks.
    void push(const AudioPosition& position, const float* const* audio, uint32_t offset) noexcept
    {
        if (gap.frames > 0 && !pushGap())
        {
            lose(position);
            return;
        }
        const size_t audioBytes = size_t(position.frames) * position.channels * sizeof(float);
        const Record record = {Kind::audio, uint32_t(sizeof position + audioBytes)};
        if (free() < sizeof record + record.bytes)
        {
            lose(position);
            return;
        }
        size_t at = head.load(std::memory_order_relaxed);
        at = put(at, &record, sizeof record);
        at = put(at, &position, sizeof position);
        for (uint32_t c = 0; c < position.channels; ++c) at = put(at, audio[c] + offset, position.frames * sizeof(float));
        head.store(at, std::memory_order_release);
    }

    /// [audio-thread] Sends a pending gap when there is room: called when the transport stops.
    void flushGap() noexcept
    {
        if (gap.frames > 0) pushGap();
    }

    /// [bridge-thread] Takes the next record into `out` (maxRecordBytes); false when there is none.
    bool pop(Record& record, uint8_t* out) noexcept
    {
        const size_t at = tail.load(std::memory_order_relaxed);
        if (head.load(std::memory_order_acquire) == at) return false;
        get(at, &record, sizeof record);
        get(at + sizeof record, out, record.bytes);
        tail.store(at + sizeof record + record.bytes, std::memory_order_release);
        return true;
    }

    /// [bridge-thread] Drops all that waits: nobody is listening.
    void clear() noexcept { tail.store(head.load(std::memory_order_acquire), std::memory_order_release); }

    /// [any-thread] Frames lost since the plugin was made.
    uint64_t droppedFrames() const noexcept { return dropped.load(std::memory_order_relaxed); }

private:
    size_t free() const noexcept { return size - (head.load(std::memory_order_relaxed) - tail.load(std::memory_order_acquire)); }

    bool pushGap() noexcept
    {
        const Record record = {Kind::gap, sizeof gap};
        if (free() < sizeof record + sizeof gap) return false;
        size_t at = head.load(std::memory_order_relaxed);
        at = put(at, &record, sizeof record);
        at = put(at, &gap, sizeof gap);
        head.store(at, std::memory_order_release);
        gap = {};
        return true;
    }

    void lose(const AudioPosition& position) noexcept
    {
        if (gap.frames == 0) gap = {position.hostFrame, position.streamFrame, 0};
        gap.frames += position.frames;
        dropped.fetch_add(position.frames, std::memory_order_relaxed);
    }

    size_t put(size_t at, const void* bytes, size_t count) noexcept
    {
        const size_t start = at & mask, first = std::min(count, size - start);
        std::memcpy(&memory[start], bytes, first);
        std::memcpy(&memory[0], static_cast<const uint8_t*>(bytes) + first, count - first);
        return at + count;
    }

    void get(size_t at, void* bytes, size_t count) const noexcept
    {
        const size_t start = at & mask, first = std::min(count, size - start);
        std::memcpy(bytes, &memory[start], first);
        std::memcpy(static_cast<uint8_t*>(bytes) + first, &memory[0], count - first);
    }

    std::unique_ptr<uint8_t[]> memory;
    const size_t size, mask;
    alignas(64) std::atomic<size_t> head{0};
    alignas(64) std::atomic<size_t> tail{0};
    /// Audio thread only.
    GapPosition gap;
    std::atomic<uint64_t> dropped{0};
};

} // namespace sonidesk
