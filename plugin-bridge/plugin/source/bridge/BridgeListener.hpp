#pragma once
#include "../protocol/AudioBlock.hpp"
#include "../stems/StemPlayer.hpp"
#include <string>
#include <utility>
#include <vector>

namespace sonidesk {

class Bridge;

/// What the app can tell an instance. Called on the bridge thread, with values that have been checked.
class BridgeListener
{
public:
    virtual ~BridgeListener() = default;
    /// The id to keep from now on (another live instance had ours).
    virtual void renamed(const std::string& instance) = 0;
    /// Which track this instance is; `colour` is "#rrggbb" or empty.
    virtual void assigned(const std::string& name, const std::string& colour) = 0;
    virtual void stemsGiven(std::vector<StemAssignment> stems) = 0;
    virtual void notesGiven(std::vector<NoteEvent> notes) = 0;
    /// New parameter values by index (Parameters.hpp).
    virtual void parametersGiven(const std::vector<std::pair<uint32_t, float>>& values) = 0;

    /// False as long as the host may still restore who we are: hello waits.
    virtual bool readyToGreet() const = 0;
    /// The app said welcome: it knows nothing of this instance but its hello.
    virtual void welcomed() = 0;
    /// Called some times a second while connected: queue what the app should hear behind the audio that waited at `beforeAudio`.
    virtual void beforeAudio() = 0;
    virtual void afterAudio(Bridge& bridge) = 0;
    /// Called some times a second while connected, however much audio waits: queue what needs no place in it.
    virtual void tell(Bridge& bridge) = 0;
};

} // namespace sonidesk
