#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonidesk {

/// Control steps are this many samples, counted from the first sample of the stream (STRIP.md section 2).
constexpr uint32_t controlStep = 32;
/// A parameter takes this long from one setting to the next.
constexpr double rampSeconds = 0.02;

inline uint32_t rampSteps(double sampleRate) noexcept
{
    return static_cast<uint32_t>(std::max(1.0, std::floor(rampSeconds * sampleRate / controlStep + 0.5)));
}

/// A parameter on its way to a new value: linear in its own scale over a fixed number of control steps, then exactly the target.
class Ramp
{
public:
    Ramp() = default;

    /// [not audio-thread, or before the stream starts] Stands at `value` at once.
    void reset(double value, uint32_t stepCount) noexcept
    {
        now = start = end = value;
        steps = step = stepCount;
    }

    double value() const noexcept { return now; }
    bool moving() const noexcept { return step < steps; }

    /// [audio-thread] A new target restarts the ramp from the present value; an equal one changes nothing.
    void toward(double target) noexcept
    {
        if (target == end) return;
        start = now;
        end = target;
        step = 0;
    }

    /// [audio-thread] At the target at once.
    void finish() noexcept
    {
        now = end;
        step = steps;
    }

    /// [audio-thread] One control step onward.
    void advance() noexcept
    {
        if (!moving()) return;
        ++step;
        now = moving() ? start + (end - start) * step / steps : end;
    }

private:
    double now = 0, start = 0, end = 0;
    uint32_t steps = 1, step = 1;
};

} // namespace sonidesk
