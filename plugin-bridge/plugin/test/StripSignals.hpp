#pragma once
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// The signals of main/audio/strip/testSignal.ts.
inline void signal(const nlohmann::json& input, double sampleRate, std::vector<double>& left, std::vector<double>& right)
{
    const std::string kind = input["kind"];
    const double level = input["level"];
    if (kind == "impulse")
        left[0] = level, right[0] = level / 2;
    else if (kind == "noise")
    {
        uint32_t x = input["seed"];
        const auto next = [&] { return ((x = x * 1664525u + 1013904223u) / 2147483648.0 - 1) * level; };
        for (size_t n = 0; n < left.size(); ++n)
        {
            left[n] = next();
            right[n] = next();
        }
    }
    else
    {
        const double hz = input["hz"];
        const size_t period = input["periodFrames"];
        for (size_t n = 0; n < left.size(); ++n)
        {
            if (n % period >= period / 2) continue;
            left[n] = level * std::sin(2 * 3.14159265358979323846 * hz * double(n) / sampleRate);
            right[n] = left[n] / 2;
        }
    }
}
