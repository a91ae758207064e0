// What the app is told besides audio: starts and stops, parameters, the state of the stems, losses.
#include "Core.hpp"
#include "JsonText.hpp"

namespace sonidesk {

using nlohmann::json;
using namespace std::chrono_literals;

/// Changes of parameters and counters are told to the app at most this often.
static constexpr auto tellInterval = 50ms;
/// Hosts restore the state after activation but before they run; one that does not run by then has nothing to restore.
static constexpr auto restoreTime = 3s;

static const char* nameOf(StemState state)
{
    switch (state)
    {
    case StemState::loading: return "loading";
    case StemState::ready: return "ready";
    case StemState::missing: return "missing";
    case StemState::wrongRate: return "wrong-rate";
    case StemState::unreadable: break;
    }
    return "unreadable";
}

bool Core::readyToGreet() const
{
    if (running.load(std::memory_order_relaxed)) return true;
    const std::lock_guard<std::mutex> lock(guard);
    return restored || std::chrono::steady_clock::now() - startedAt > restoreTime;
}

void Core::welcomed()
{
    parameters.allChanged();
    const std::lock_guard<std::mutex> lock(guard);
    statusChanged = true;
}

void Core::beforeAudio()
{
    // Read before the ring is emptied, told after it: what was played before a stop arrives before the stop.
    transportChangesSeen = transportChanges.load(std::memory_order_acquire);
    transportSeen = transportNow.load(std::memory_order_relaxed);
}

void Core::afterAudio(Bridge& to)
{
    if (transportChangesSeen == transportTold) return;
    transportTold = transportChangesSeen;
    to.say(FrameType::transport, jsonText({{"playing", (transportSeen & 1) != 0}, {"hostFrame", transportSeen >> 1}}));
}

void Core::tell(Bridge& to)
{
    const auto time = std::chrono::steady_clock::now();
    if (time - toldAt < tellInterval) return;
    toldAt = time;
    noteHandoff.collect();
    to.identify(identity()); // the slot is a parameter
    if (const uint64_t changed = parameters.takeChanged())
    {
        json values = json::object();
        for (uint32_t i = 0; i < parameter::count; ++i)
            if (changed >> i & 1) values[parameter::descriptions()[i].symbol] = parameters[i];
        to.say(FrameType::parameters, jsonText(values));
    }
    const uint64_t dropped = ring.droppedFrames(), missed = missedFrames.load(std::memory_order_relaxed);
    std::string status;
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (!statusChanged && dropped == droppedTold && missed == missedTold) return;
        statusChanged = false;
        droppedTold = dropped;
        missedTold = missed;
        json list = json::array();
        for (const StemStatus& stem : stemStates) list.push_back({{"stem", stem.name}, {"state", nameOf(stem.state)}});
        status = jsonText({{"stems", list}, {"droppedFrames", dropped}, {"missedFrames", missed}, {"message", statusMessage()}});
    }
    to.say(FrameType::status, status);
}

/// With `guard` held.
std::string Core::statusMessage() const
{
    std::string trouble;
    for (const StemStatus& stem : stemStates)
        if (stem.state != StemState::ready) trouble += stem.name + " is " + nameOf(stem.state) + "; the original is played. ";
    return trouble.substr(0, 1000);
}

} // namespace sonidesk
