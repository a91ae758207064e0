#pragma once
#include <cmath>
#include <cstdint>

namespace sonidesk {

/// Second-order section, a0 = 1.
struct Biquad
{
    double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};

/// State below this becomes zero at a control step: far under any audible level, far above the denormals of a double.
constexpr double silence = 1e-30;

/// Transposed direct form II for the two channels of a strip (STRIP.md section 3).
class BiquadState
{
public:
    /// [audio-thread] Filters `frames` samples of one channel in place.
    void process(const Biquad& c, double* audio, uint32_t channel, uint32_t frames) noexcept
    {
        double s1 = first[channel], s2 = second[channel];
        for (uint32_t n = 0; n < frames; ++n)
        {
            const double x = audio[n];
            const double y = c.b0 * x + s1;
            s1 = c.b1 * x - c.a1 * y + s2;
            s2 = c.b2 * x - c.a2 * y;
            audio[n] = y;
        }
        first[channel] = s1;
        second[channel] = s2;
    }

    void flushDenormals() noexcept
    {
        for (uint32_t channel = 0; channel < 2; ++channel)
        {
            if (std::abs(first[channel]) < silence) first[channel] = 0;
            if (std::abs(second[channel]) < silence) second[channel] = 0;
        }
    }

    void reset() noexcept { first[0] = first[1] = second[0] = second[1] = 0; }

private:
    double first[2] = {}, second[2] = {};
};

} // namespace sonidesk
