#pragma once
#include "Parameters.hpp"
#include <atomic>
#include <cmath>

namespace sonidesk {

/// The values of all parameters. The host, the user and the app write them, each from its own thread; nobody waits.
///
/// A value that the app set is reported to the host. A host that cannot take such reports goes on showing, saving and repeating its
/// own, older value; then that value is passed over until the host asks for a different one.
class ParameterStore
{
public:
    static_assert(parameter::count <= 64, "sets of parameters are bits of one word");

    /// [not audio-thread]
    ParameterStore() : ranges(parameter::descriptions())
    {
        for (uint32_t i = 0; i < parameter::count; ++i)
        {
            values[i] = ranges[i].initial;
            hostValues[i] = ranges[i].initial;
            passedOver[i] = ranges[i].initial;
        }
    }

    /// [any-thread]
    float operator[](uint32_t index) const noexcept { return values[index].load(std::memory_order_relaxed); }
    bool on(uint32_t index) const noexcept { return (*this)[index] >= 0.5f; }

    /// [any-thread] The host or the user asks for a value; one out of range is held to it, NaN changes nothing.
    void byHost(uint32_t index, float value) noexcept
    {
        if (index >= parameter::count || std::isnan(value)) return;
        value = held(index, value);
        hostValues[index].store(value, std::memory_order_relaxed);
        if (has(kept, index) && same(index, value, passedOver[index].load(std::memory_order_relaxed))) return;
        clear(kept, index);
        put(index, value);
    }

    /// [bridge-thread] The app sets a value.
    void byApp(uint32_t index, float value) noexcept
    {
        if (index >= parameter::count || std::isnan(value)) return;
        restoreByApp(index, value, hostValues[index].load(std::memory_order_relaxed));
    }

    /// [main-thread] As saved in a session: the app's value, and the host's at that time.
    void restoreByApp(uint32_t index, float value, float hostValue) noexcept
    {
        if (index >= parameter::count || std::isnan(value) || std::isnan(hostValue)) return;
        passedOver[index].store(hostValue, std::memory_order_relaxed);
        set(kept, index);
        put(index, held(index, value));
        set(forHost, index);
    }

    /// [audio-thread] Parameters that the host has to be told about; `told` says which it accepted.
    uint64_t takeForHost() noexcept { return forHost.exchange(0, std::memory_order_relaxed); }
    void told(uint32_t index) noexcept { clear(kept, index); }

    /// [bridge-thread] Parameters that changed since the last call.
    uint64_t takeChanged() noexcept { return changed.exchange(0, std::memory_order_relaxed); }
    /// [bridge-thread] The next takeChanged() has them all.
    void allChanged() noexcept { changed.store(~uint64_t(0) >> (64 - parameter::count), std::memory_order_relaxed); }

    /// [audio-thread] True once after parameters moved.
    bool takeMoved() noexcept { return moved.exchange(false, std::memory_order_acquire); }

    /// [main-thread] Is this value the app's, unknown to the host? And the host's own.
    bool unknownToHost(uint32_t index) const noexcept { return has(kept, index); }
    float hostValue(uint32_t index) const noexcept { return passedOver[index].load(std::memory_order_relaxed); }

private:
    using Bits = std::atomic<uint64_t>;

    static bool has(const Bits& bits, uint32_t index) noexcept { return bits.load(std::memory_order_relaxed) >> index & 1; }
    static void set(Bits& bits, uint32_t index) noexcept { bits.fetch_or(uint64_t(1) << index, std::memory_order_relaxed); }
    static void clear(Bits& bits, uint32_t index) noexcept { bits.fetch_and(~(uint64_t(1) << index), std::memory_order_relaxed); }
    /// Hosts save values as decimal text or as a part of the range.
    bool same(uint32_t index, float a, float b) const noexcept
    {
        return std::abs(a - b) <= 1e-6f * (ranges[index].maximum - ranges[index].minimum) + 1e-5f * std::abs(b);
    }

    float held(uint32_t index, float value) const noexcept
    {
        return std::min(ranges[index].maximum, std::max(ranges[index].minimum, value));
    }

    void put(uint32_t index, float value) noexcept
    {
        values[index].store(value, std::memory_order_relaxed);
        set(changed, index);
        moved.store(true, std::memory_order_release);
    }

    const std::array<parameter::Description, parameter::count>& ranges;
    std::atomic<float> values[parameter::count], hostValues[parameter::count], passedOver[parameter::count];
    Bits kept{0}, forHost{0}, changed{0};
    std::atomic<bool> moved{false};
};

} // namespace sonidesk
