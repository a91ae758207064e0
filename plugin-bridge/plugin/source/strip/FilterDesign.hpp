#pragma once
#include "Biquad.hpp"
#include "StripSettings.hpp"
#include <algorithm>
#include <cmath>

namespace sonidesk {

/// Filter design of the channel strip, STRIP.md section 3: Butterworth high-pass by the bilinear transform, EQ bands by
/// magnitude matching (M. Vicanek, Matched Second Order Digital Filters, 2016). No allocation; callable on the audio thread.
namespace design {

constexpr double pi = 3.14159265358979323846;
constexpr double root2 = 1.41421356237309504880;

inline double clampedOmega(double frequencyHz, double sampleRate) noexcept
{
    return 2 * pi * std::min(frequencyHz, 0.49 * sampleRate) / sampleRate;
}

inline Biquad highPass(double frequencyHz, double sampleRate) noexcept
{
    const double k = std::tan(clampedOmega(frequencyHz, sampleRate) / 2);
    const double norm = 1 / (1 + root2 * k + k * k);
    return {norm, -2 * norm, norm, 2 * (k * k - 1) * norm, (1 - root2 * k + k * k) * norm};
}

/// (n2 s² + n1 s + n0) / (d2 s² + d1 s + d0), s normalised to the corner.
struct Prototype
{
    double n2, n1, n0, d2, d1, d0;

    /// |H(j ratio)|², ratio = frequency / corner.
    double power(double ratio) const noexcept
    {
        const double r2 = ratio * ratio;
        const double numerator = n0 - n2 * r2, denominator = d0 - d2 * r2;
        return (numerator * numerator + n1 * n1 * r2) / (denominator * denominator + d1 * d1 * r2);
    }
};

inline Prototype prototype(BandType type, double gainDb, double q) noexcept
{
    const double a = std::pow(10.0, gainDb / 40);
    const double root = std::sqrt(a) / std::min(q, 1.0);
    switch (type)
    {
    case BandType::lowShelf: return {a, a * root, a * a, a, root, 1};
    case BandType::highShelf: return {a * a, a * root, a, 1, root, a};
    case BandType::bell: break;
    }
    return {1, a / q, 1, 1, 1 / (a * q), 1};
}

inline Biquad eqBand(const EqBand& band, double sampleRate) noexcept
{
    const bool direct = band.type == BandType::highShelf ? band.gainDb <= 0 : band.gainDb >= 0;
    if (!direct)
    {
        EqBand mirrored = band;
        mirrored.gainDb = -band.gainDb;
        const Biquad c = eqBand(mirrored, sampleRate);
        return {1 / c.b0, c.a1 / c.b0, c.a2 / c.b0, c.b1 / c.b0, c.b2 / c.b0};
    }
    const Prototype shape = prototype(band.type, band.gainDb, band.q);
    const double omega = clampedOmega(band.frequencyHz, sampleRate);
    const double poleOmega = omega * std::sqrt(shape.d0 / shape.d2);
    const double damping = shape.d1 / (2 * std::sqrt(shape.d0 * shape.d2));
    const double decay = std::exp(-damping * poleOmega);
    double a1;
    if (damping <= 1)
        a1 = -2 * decay * std::cos(std::sqrt(1 - damping * damping) * poleOmega);
    else
    {
        const double root = std::sqrt(damping * damping - 1);
        a1 = -(std::exp((root - damping) * poleOmega) + std::exp((-root - damping) * poleOmega));
    }
    const double a2 = decay * decay;

    const double A0 = (1 + a1 + a2) * (1 + a1 + a2), A1 = (1 - a1 + a2) * (1 - a1 + a2), A2 = -4 * a2;
    const double match = band.type == BandType::bell ? omega : std::min(omega, 0.7 * pi);
    const double sine = std::sin(match / 2);
    const double phi1 = sine * sine, phi0 = 1 - phi1, phi2 = 4 * phi0 * phi1;
    const double B0 = A0 * shape.power(0), B1 = A1 * shape.power(pi / omega);
    const double target = (A0 * phi0 + A1 * phi1 + A2 * phi2) * shape.power(match / omega);
    const double B2 = (target - B0 * phi0 - B1 * phi1) / phi2;
    const double w = (std::sqrt(B0) + std::sqrt(B1)) / 2;
    const double b0 = (w + std::sqrt(std::max(0.0, w * w + B2))) / 2;
    return {b0, (std::sqrt(B0) - std::sqrt(B1)) / 2, -B2 / (4 * b0), a1, a2};
}

} // namespace design
} // namespace sonidesk
