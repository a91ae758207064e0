#pragma once
#include "../strip/Ramp.hpp"
#include "StemPlayer.hpp"
#include <algorithm>

namespace sonidesk {

/// Stem faders and the switch between original and stems, on the audio thread. A change takes 20 ms, in the control steps of
/// STRIP.md section 2; at rest a fader at 0 dB passes its stem, and the switch the original, bit for bit.
class StemMixer
{
public:
    /// [not audio-thread]
    void reset(double sampleRate) noexcept
    {
        const uint32_t steps = rampSteps(sampleRate);
        for (Ramp& fader : faders) fader.reset(0, steps);
        amount.reset(0, steps);
        position = 0;
    }

    /// [audio-thread] Takes the new positions at once: nothing is heard of them.
    void jump(const float* gains, bool play) noexcept
    {
        set(gains, play);
        for (Ramp& fader : faders) fader.finish();
        amount.finish();
        position = 0;
    }

    /// [audio-thread]
    void set(const float* gains, bool play) noexcept
    {
        for (uint32_t i = 0; i < StemPlayer::maxStems; ++i) faders[i].toward(gains[i]);
        amount.toward(play ? 1 : 0);
    }

    bool silent() const noexcept { return amount.value() == 0 && !amount.moving(); }

    /// [audio-thread] Puts faders and switch on `stems` (in place) and fades `left`, `right` over to their sum.
    void process(StemPlayer::Audio stems, uint32_t count, float* left, float* right, uint32_t frames) noexcept
    {
        for (uint32_t at = 0; at < frames;)
        {
            if (position == 0) advance();
            const uint32_t part = std::min(frames - at, controlStep - position);
            step(stems, count, left, right, at, part);
            position = (position + part) % controlStep;
            at += part;
        }
    }

private:
    void advance() noexcept
    {
        for (uint32_t i = 0; i < StemPlayer::maxStems; ++i)
        {
            before[i] = faders[i].value();
            faders[i].advance();
        }
        amountBefore = amount.value();
        amount.advance();
    }

    void step(StemPlayer::Audio stems, uint32_t count, float* left, float* right, uint32_t at, uint32_t frames) noexcept
    {
        float sum[2][controlStep] = {};
        for (uint32_t i = 0; i < count; ++i)
        {
            const double slope = (faders[i].value() - before[i]) / controlStep;
            for (uint32_t n = 0; n < frames; ++n)
            {
                const float gain = float(before[i] + slope * (position + n + 1));
                sum[0][n] += stems[i][0][at + n] *= gain;
                sum[1][n] += stems[i][1][at + n] *= gain;
            }
        }
        const double slope = (amount.value() - amountBefore) / controlStep;
        for (uint32_t n = 0; n < frames; ++n)
        {
            const float a = float(amountBefore + slope * (position + n + 1));
            left[at + n] = a == 1 ? sum[0][n] : a == 0 ? left[at + n] : left[at + n] + a * (sum[0][n] - left[at + n]);
            if (a != 1)
                for (uint32_t i = 0; i < count; ++i)
                {
                    stems[i][0][at + n] *= a;
                    stems[i][1][at + n] *= a;
                }
            right[at + n] = a == 1 ? sum[1][n] : a == 0 ? right[at + n] : right[at + n] + a * (sum[1][n] - right[at + n]);
        }
    }

    Ramp faders[StemPlayer::maxStems], amount;
    double before[StemPlayer::maxStems] = {}, amountBefore = 0;
    /// Samples into the present control step.
    uint32_t position = 0;
};

} // namespace sonidesk
