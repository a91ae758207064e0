#pragma once
#include "Biquad.hpp"
#include "StripSettings.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonidesk {

/// Feed-forward compressor in the log domain with a smoothed decoupled detector, both channels linked (STRIP.md sections 4 and 5;
/// Giannoulis, Massberg, Reiss, JAES 60(6), 2012). Latency 0.
class Compressor
{
public:
    /// Gain reduction in dB for a level in dBFS.
    static double reduction(double level, const CompressorSettings& s) noexcept
    {
        const double over = level - s.thresholdDb, slope = 1 - 1 / s.ratio;
        if (2 * over <= -s.kneeDb) return 0;
        if (2 * over < s.kneeDb)
        {
            const double into = over + s.kneeDb / 2;
            return slope * (into * into) / (2 * s.kneeDb);
        }
        return slope * over;
    }

    /// [audio-thread] In place; `amount` (0 to 1) fades the gain in dB.
    void process(const CompressorSettings& s, double amount, double sampleRate, double* left, double* right, uint32_t frames) noexcept
    {
        const double release = std::exp(-1000 / (s.releaseMs * sampleRate));
        const double attack = std::exp(-1000 / (s.attackMs * sampleRate));
        for (uint32_t n = 0; n < frames; ++n)
        {
            const double peak = std::max({std::abs(left[n]), std::abs(right[n]), 1e-6});
            const double wanted = reduction(20 * std::log10(peak), s);
            released = std::max(wanted, release * released + (1 - release) * wanted);
            smoothed = attack * smoothed + (1 - attack) * released;
            const double gain = std::pow(10.0, amount * (s.makeupDb - smoothed) / 20);
            left[n] *= gain;
            right[n] *= gain;
        }
    }

    double reductionDb() const noexcept { return smoothed; }

    void flushDenormals() noexcept
    {
        if (released < silence) released = 0;
        if (smoothed < silence) smoothed = 0;
    }

    void reset() noexcept { released = smoothed = 0; }

private:
    double released = 0, smoothed = 0;
};

} // namespace sonidesk
