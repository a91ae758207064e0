#pragma once
#include "ClapHost.hpp"
#include <cstdio>
#include <cstring>
#include <fstream>

namespace host {

/// White noise of +-`level`, the same for the same seed.
inline std::vector<float> noise(uint32_t frames, uint32_t seed, float level = 0.25f)
{
    std::vector<float> made(frames);
    uint32_t x = seed * 2654435761u + 1;
    for (float& sample : made) sample = float((x = x * 1664525u + 1013904223u) / 2147483648.0 - 1) * level;
    return made;
}

inline ClapInstance::Audio stereoNoise(uint32_t frames, uint32_t seed) { return {noise(frames, seed), noise(frames, seed + 1000)}; }

/// A float32 WAV file as the app writes stems.
inline std::string writeWav(const std::string& path, const ClapInstance::Audio& audio, uint32_t rate = 48000)
{
    const uint32_t frames = uint32_t(audio[0].size()), data = frames * 8;
    unsigned char head[44] = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 3, 0, 2, 0};
    const auto put = [&](int at, uint32_t value) { std::memcpy(head + at, &value, 4); };
    put(4, data + 36);
    put(24, rate);
    put(28, rate * 8);
    head[32] = 8;
    head[34] = 32;
    std::memcpy(head + 36, "data", 4);
    put(40, data);
    std::vector<float> interleaved(size_t(frames) * 2);
    for (uint32_t n = 0; n < frames; ++n)
    {
        interleaved[2 * n] = audio[0][n];
        interleaved[2 * n + 1] = audio[1][n];
    }
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<char*>(head), sizeof head);
    file.write(reinterpret_cast<char*>(interleaved.data()), std::streamsize(interleaved.size() * 4));
    return path;
}

/// Largest difference; infinite for NaN or different lengths.
inline double worst(const std::vector<float>& a, const std::vector<float>& b, size_t from = 0)
{
    if (a.size() != b.size()) return INFINITY;
    double most = 0;
    for (size_t i = from; i < a.size(); ++i)
    {
        const double difference = std::abs(double(a[i]) - double(b[i]));
        if (!(difference <= most)) most = std::isnan(difference) ? INFINITY : difference;
    }
    return most;
}

inline bool sameBits(const std::vector<float>& a, const std::vector<float>& b)
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * 4) == 0);
}

} // namespace host
