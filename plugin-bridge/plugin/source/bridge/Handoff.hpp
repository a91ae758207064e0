#pragma once
#include <atomic>
#include <memory>

namespace sonidesk {

/// Gives whole objects to the audio thread without a lock: the newest one offered becomes the active one at the next block, the one
/// before goes back to be deleted elsewhere.
template <class T> class Handoff
{
public:
    Handoff() = default;
    Handoff(const Handoff&) = delete;
    Handoff& operator=(const Handoff&) = delete;
    /// [main-thread] After the last run.
    ~Handoff()
    {
        delete active;
        delete pending.load();
        delete retired.load();
    }

    /// [other thread] Replaces what was offered before.
    void offer(std::unique_ptr<T> next)
    {
        collect();
        delete pending.exchange(next.release(), std::memory_order_acq_rel);
    }

    /// [other thread] Deletes what the audio thread has given back; called now and then.
    void collect() { delete retired.exchange(nullptr, std::memory_order_acq_rel); }

    /// [audio-thread] The object to use in this block, or null. `changed` is set when it is a new one.
    T* take(bool& changed) noexcept
    {
        changed = false;
        if (retired.load(std::memory_order_acquire) == nullptr)
        {
            if (T* next = pending.exchange(nullptr, std::memory_order_acq_rel))
            {
                retired.store(active, std::memory_order_release);
                active = next;
                changed = true;
            }
        }
        return active;
    }

private:
    T* active = nullptr; // audio thread's own
    std::atomic<T*> pending{nullptr}, retired{nullptr};
};

} // namespace sonidesk
