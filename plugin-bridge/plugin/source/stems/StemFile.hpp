#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace sonidesk {

/// A float32 WAV or RF64 file as the app writes stems. [stem-thread] only.
class StemFile
{
public:
    /// False when it is missing or not such a file; `missing()` tells which.
    bool open(const std::string& path)
    {
        stream.open(path, std::ios::binary);
        gone = !stream;
        if (gone) return false;
        char head[12] = {};
        stream.read(head, sizeof head);
        const bool large = std::memcmp(head, "RF64", 4) == 0;
        if ((!large && std::memcmp(head, "RIFF", 4) != 0) || std::memcmp(head + 8, "WAVE", 4) != 0) return false;
        uint64_t largeSize = 0;
        bool known = false;
        for (;;)
        {
            char id[4];
            uint32_t size;
            if (!stream.read(id, 4) || !stream.read(reinterpret_cast<char*>(&size), 4)) return false;
            const std::streamoff start = stream.tellg();
            if (std::memcmp(id, "ds64", 4) == 0)
            {
                uint64_t sizes[2] = {};
                stream.read(reinterpret_cast<char*>(sizes), sizeof sizes);
                largeSize = sizes[1];
            }
            else if (std::memcmp(id, "fmt ", 4) == 0)
                known = format(size);
            else if (std::memcmp(id, "data", 4) == 0)
            {
                if (!known) return false;
                dataStart = start;
                const uint64_t bytes = large && size == 0xffffffff ? largeSize : size;
                stream.seekg(0, std::ios::end);
                const uint64_t present = uint64_t(std::streamoff(stream.tellg()) - start);
                length = std::min(bytes, present) / (4 * channelCount);
                return true;
            }
            stream.clear();
            stream.seekg(start + std::streamoff(size) + (size & 1));
        }
    }

    bool missing() const noexcept { return gone; }
    uint64_t frames() const noexcept { return length; }
    uint32_t channels() const noexcept { return channelCount; }
    double sampleRate() const noexcept { return rate; }

    /// Reads frames [start, start + count) planar into `left` and `right` (mono goes to both, more channels are left out).
    bool read(uint64_t start, uint32_t count, float* left, float* right)
    {
        interleaved.resize(size_t(count) * channelCount);
        stream.clear();
        stream.seekg(dataStart + std::streamoff(start * 4 * channelCount));
        if (!stream.read(reinterpret_cast<char*>(interleaved.data()), std::streamsize(interleaved.size() * 4))) return false;
        for (uint32_t n = 0; n < count; ++n)
        {
            left[n] = interleaved[size_t(n) * channelCount];
            right[n] = interleaved[size_t(n) * channelCount + (channelCount > 1 ? 1 : 0)];
        }
        return true;
    }

private:
    bool format(uint32_t size)
    {
        unsigned char bytes[40] = {};
        stream.read(reinterpret_cast<char*>(bytes), std::min<uint32_t>(size, sizeof bytes));
        uint16_t tag, channels, bits;
        uint32_t frequency;
        std::memcpy(&tag, bytes, 2);
        std::memcpy(&channels, bytes + 2, 2);
        std::memcpy(&frequency, bytes + 4, 4);
        std::memcpy(&bits, bytes + 14, 2);
        if (tag == 0xfffe) std::memcpy(&tag, bytes + 24, 2);
        channelCount = channels;
        rate = frequency;
        return tag == 3 && bits == 32 && channels > 0;
    }

    std::ifstream stream;
    std::streamoff dataStart = 0;
    uint64_t length = 0;
    uint32_t channelCount = 0;
    double rate = 0;
    bool gone = false;
    std::vector<float> interleaved;
};

} // namespace sonidesk
