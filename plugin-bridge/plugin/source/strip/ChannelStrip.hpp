#pragma once
#include "Compressor.hpp"
#include "FilterDesign.hpp"
#include "Ramp.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonidesk {

/// One EQ band: its ramps, its coefficients of this control step and its state.
class StripBand
{
public:
    void reset(const EqBand& settings, double rate) noexcept
    {
        sampleRate = rate;
        type = pendingType = settings.type;
        const uint32_t steps = rampSteps(rate);
        frequency.reset(std::log(settings.frequencyHz), steps);
        gain.reset(settings.gainDb, steps);
        q.reset(std::log(settings.q), steps);
        running = false;
        redesign();
    }

    void set(const EqBand& settings) noexcept
    {
        pendingType = settings.type;
        frequency.toward(std::log(settings.frequencyHz));
        gain.toward(settings.gainDb);
        q.toward(std::log(settings.q));
    }

    void advance() noexcept
    {
        if (type != pendingType || frequency.moving() || gain.moving() || q.moving())
        {
            type = pendingType;
            frequency.advance();
            gain.advance();
            q.advance();
            redesign();
        }
        state.flushDenormals();
    }

    void process(double* left, double* right, uint32_t frames) noexcept
    {
        if (!running) return; // a band at 0 dB passes bit for bit
        state.process(coefficients, left, 0, frames);
        state.process(coefficients, right, 1, frames);
    }

private:
    void redesign() noexcept
    {
        const bool runs = gain.value() != 0;
        if (runs)
        {
            coefficients = design::eqBand({type, std::exp(frequency.value()), gain.value(), std::exp(q.value())}, sampleRate);
            if (!running) state.reset();
        }
        running = runs;
    }

    double sampleRate = 48000;
    BandType type = BandType::bell, pendingType = BandType::bell;
    Ramp frequency, gain, q;
    Biquad coefficients;
    BiquadState state;
    bool running = false;
};

/// The channel strip of main/audio/strip/STRIP.md: high-pass, six EQ bands, compressor, gain, pan, send tap. Stereo, double, in
/// place, latency 0, independent of the host's block size. Nothing here allocates, locks or calls the system.
class ChannelStrip
{
public:
    /// [not audio-thread] Stands at `settings` at once, with empty filters.
    void reset(const StripSettings& settings, double rate) noexcept
    {
        target = settings;
        sampleRate = rate;
        const uint32_t steps = rampSteps(rate);
        for (int i = 0; i < 6; ++i) bands[i].reset(settings.eq[i], rate);
        highPassFrequency.reset(std::log(settings.highPassHz), steps);
        highPassAmount.reset(settings.highPassEnabled ? 1 : 0, steps);
        highPassCoefficients = design::highPass(settings.highPassHz, rate);
        highPass.reset();
        compressor.reset();
        compressorAmount.reset(settings.compressor.enabled ? 1 : 0, steps);
        makeup.reset(settings.compressor.makeupDb, steps);
        current = settings.compressor;
        double gains[3];
        outputGains(settings, gains);
        for (int i = 0; i < 3; ++i)
        {
            output[i].reset(gains[i], steps);
            before[i] = gains[i];
        }
        position = 0;
    }

    /// [audio-thread] New settings from the next control step on, reached in 20 ms.
    void set(const StripSettings& settings) noexcept
    {
        target = settings;
        for (int i = 0; i < 6; ++i) bands[i].set(settings.eq[i]);
        if (settings.highPassEnabled && highPassAmount.value() == 0) highPass.reset();
        highPassFrequency.toward(std::log(settings.highPassHz));
        highPassAmount.toward(settings.highPassEnabled ? 1 : 0);
        if (settings.compressor.enabled && compressorAmount.value() == 0) compressor.reset();
        compressorAmount.toward(settings.compressor.enabled ? 1 : 0);
        makeup.toward(settings.compressor.makeupDb);
        double gains[3];
        outputGains(settings, gains);
        for (int i = 0; i < 3; ++i) output[i].toward(gains[i]);
    }

    /// Gain reduction in dB now in force, for a meter.
    double reductionDb() const noexcept { return compressorAmount.value() * compressor.reductionDb(); }

    /// [audio-thread] In place; adds the send to `sendLeft` and `sendRight`. NaN and infinities count as silence.
    void process(double* left, double* right, double* sendLeft, double* sendRight, uint32_t frames) noexcept
    {
        for (uint32_t n = 0; n < frames; ++n)
        {
            if (!(std::abs(left[n]) <= 3.4e38)) left[n] = 0;
            if (!(std::abs(right[n]) <= 3.4e38)) right[n] = 0;
        }
        for (uint32_t at = 0; at < frames;)
        {
            if (position == 0) advance();
            const uint32_t count = std::min(frames - at, controlStep - position);
            filter(left + at, right + at, count);
            if (compressorAmount.value() > 0)
                compressor.process(current, compressorAmount.value(), sampleRate, left + at, right + at, count);
            pan(left + at, right + at, sendLeft + at, sendRight + at, count);
            position = (position + count) % controlStep;
            at += count;
        }
    }

private:
    static void outputGains(const StripSettings& s, double gains[3]) noexcept
    {
        const double gain = s.gainDb == 0 ? 1 : std::pow(10.0, s.gainDb / 20);
        double left = 1, right = 1; // exactly, so that a centred strip passes bits unchanged
        if (s.pan <= -1)
            left = design::root2, right = 0;
        else if (s.pan >= 1)
            left = 0, right = design::root2;
        else if (s.pan != 0)
        {
            const double angle = (s.pan + 1) * design::pi / 4;
            left = design::root2 * std::cos(angle);
            right = design::root2 * std::sin(angle);
        }
        gains[0] = gain * left;
        gains[1] = gain * right;
        gains[2] = s.sendEnabled ? std::pow(10.0, s.sendDb / 20) : 0;
    }

    void advance() noexcept
    {
        for (int i = 0; i < 3; ++i) before[i] = output[i].value();
        if (highPassFrequency.moving())
        {
            highPassFrequency.advance();
            highPassCoefficients = design::highPass(std::exp(highPassFrequency.value()), sampleRate);
        }
        highPassAmount.advance();
        highPass.flushDenormals();
        for (StripBand& band : bands) band.advance();
        compressorAmount.advance();
        makeup.advance();
        current = target.compressor;
        current.makeupDb = makeup.value();
        compressor.flushDenormals();
        for (Ramp& ramp : output) ramp.advance();
    }

    void filter(double* left, double* right, uint32_t frames) noexcept
    {
        const double amount = highPassAmount.value();
        if (amount > 0)
        {
            double dry[2][controlStep];
            std::copy_n(left, frames, dry[0]);
            std::copy_n(right, frames, dry[1]);
            highPass.process(highPassCoefficients, left, 0, frames);
            highPass.process(highPassCoefficients, right, 1, frames);
            if (amount < 1)
                for (uint32_t n = 0; n < frames; ++n)
                {
                    left[n] = dry[0][n] + amount * (left[n] - dry[0][n]);
                    right[n] = dry[1][n] + amount * (right[n] - dry[1][n]);
                }
        }
        for (StripBand& band : bands) band.process(left, right, frames);
    }

    /// Gain, pan and send; the factors run linearly over a control step.
    void pan(double* left, double* right, double* sendLeft, double* sendRight, uint32_t frames) noexcept
    {
        double slope[3];
        for (int i = 0; i < 3; ++i) slope[i] = (output[i].value() - before[i]) / controlStep;
        for (uint32_t n = 0; n < frames; ++n)
        {
            const double k = position + n + 1;
            left[n] *= before[0] + slope[0] * k;
            right[n] *= before[1] + slope[1] * k;
            const double send = before[2] + slope[2] * k;
            sendLeft[n] += send * left[n];
            sendRight[n] += send * right[n];
        }
    }

    StripSettings target;
    double sampleRate = 48000;
    StripBand bands[6];
    BiquadState highPass;
    Biquad highPassCoefficients;
    Ramp highPassFrequency, highPassAmount, compressorAmount, makeup;
    Compressor compressor;
    CompressorSettings current;
    /// Left, right and send factor.
    Ramp output[3];
    double before[3] = {1, 1, 0};
    /// Samples into the present control step.
    uint32_t position = 0;
};

} // namespace sonidesk
