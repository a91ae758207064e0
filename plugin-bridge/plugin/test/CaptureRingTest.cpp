// The capture ring: every frame that goes in comes out once and in order or is counted in a gap with its exact position.
#include "../source/bridge/CaptureRing.hpp"
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

using namespace sonidesk;

/// Pushes `total` frames whose samples are their own numbers; `slow` makes the reader fall behind.
static bool run(size_t ringBytes, uint64_t total, bool slow, uint64_t& lost)
{
    CaptureRing ring(ringBytes);
    std::atomic<bool> done{false};
    bool good = true;
    std::thread reader([&] {
        std::vector<uint8_t> bytes(CaptureRing::maxRecordBytes);
        CaptureRing::Record record;
        uint64_t expected = 0;
        for (;;)
        {
            const bool last = done;
            while (ring.pop(record, bytes.data()))
            {
                if (record.kind == CaptureRing::Kind::gap)
                {
                    GapPosition gap;
                    std::memcpy(&gap, bytes.data(), sizeof gap);
                    good &= gap.streamFrame == expected && gap.hostFrame == int64_t(expected) + 1000;
                    expected += gap.frames;
                    lost += gap.frames;
                    continue;
                }
                AudioPosition position;
                std::memcpy(&position, bytes.data(), sizeof position);
                good &= position.streamFrame == expected;
                const float* samples = reinterpret_cast<const float*>(bytes.data() + sizeof position);
                for (uint32_t n = 0; n < position.frames; ++n)
                    good &= samples[n] == float(expected + n) && samples[position.frames + n] == -float(expected + n);
                expected += position.frames;
                if (slow && expected % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
            }
            if (last) break;
            std::this_thread::yield();
        }
        good &= expected == total;
    });
    std::mt19937 random(2);
    std::vector<float> left(CaptureRing::maxBlockFrames), right(left.size());
    const float* channels[2] = {left.data(), right.data()};
    for (uint64_t at = 0; at < total;)
    {
        AudioPosition position;
        position.frames = uint32_t(std::min<uint64_t>(total - at, 1 + random() % CaptureRing::maxBlockFrames));
        position.channels = 2;
        position.streamFrame = at;
        position.hostFrame = int64_t(at) + 1000;
        for (uint32_t n = 0; n < position.frames; ++n)
        {
            left[n] = float(at + n);
            right[n] = -left[n];
        }
        ring.push(position, channels, 0);
        at += position.frames;
        if (!slow) std::this_thread::yield();
    }
    for (int i = 0; i < 2000; ++i)
    {
        ring.flushGap();
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    done = true;
    reader.join();
    good &= lost == ring.droppedFrames();
    return good;
}

int main()
{
    uint64_t lostRoomy = 0, lostTight = 0;
    const bool roomy = run(size_t(1) << 24, 1 << 20, false, lostRoomy);
    const bool tight = run(size_t(1) << 16, 1 << 22, true, lostTight);
    const int passed = int(roomy && lostRoomy == 0) + int(tight && lostTight > 0);
    std::printf("roomy ring lost %llu frames, tight ring %llu\n%d passed, %d failed\n", (unsigned long long)lostRoomy,
                (unsigned long long)lostTight, passed, 2 - passed);
    return passed != 2;
}
