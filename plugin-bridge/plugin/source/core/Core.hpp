#pragma once
#include "../bridge/Bridge.hpp"
#include "../midi/NotePlayer.hpp"
#include "../stems/StemMixer.hpp"
#include "../strip/ChannelStrip.hpp"
#include "MidiSink.hpp"
#include "ParameterStore.hpp"
#include "Transport.hpp"
#include <string>

namespace sonidesk {

/// The plugin without its format: passes and captures the track, plays returned stems and notes in its place, runs the strip.
class Core : private BridgeListener
{
public:
    /// Keys of the state that hosts save; never change them.
    static constexpr uint32_t stateCount = 5;
    static constexpr const char* stateKeys[stateCount] = {"instance", "name", "stems", "app", "notes"};
    /// Outputs of the larger configuration: the track, the first four stems, the send; all stereo.
    static constexpr uint32_t stemOutputs = 4;

    Core();
    ~Core() override;

    ParameterStore parameters;

    /// [main-thread] Threads start here and not in the constructor: hosts make throw-away instances to look at.
    void activate(double sampleRate, uint32_t maxBlockFrames, const char* format);
    /// [main-thread] The host's name for itself, and for the track when it tells.
    void hostIs(const std::string& host);
    void trackIs(const std::string& name);

    /// [main-thread]
    std::string state(const char* key) const;
    void setState(const char* key, const std::string& value);

    /// [audio-thread] `outputs` holds 2 channels, or with `stemOuts` 2 + 2 * stemOutputs + 2; they may be the inputs.
    void process(const Transport& transport, const float* const* inputs, float* const* outputs, bool stemOuts, uint32_t frames,
                 MidiSink& midi) noexcept;

    /// What a window shows. [main-thread]
    struct View
    {
        BridgeState bridge;
        std::string message, name, colour;
        std::vector<StemStatus> stems;
        uint64_t droppedFrames, missedFrames;
        float peak[2];
        bool playing, capturing;
    };
    View view();
    /// [any-thread]
    BridgeState bridgeState() const noexcept { return bridge.state(); }

private:
    static constexpr uint32_t blockFrames = 1024;

    void capture(const Transport& transport, bool first, const float* const* inputs, uint32_t offset, uint32_t frames) noexcept;
    void render(const Transport& transport, const float* const* inputs, float* const* outputs, bool stemOuts, uint32_t offset,
                uint32_t frames) noexcept;
    void follow(const Transport& transport, const float* const* inputs, uint32_t frames) noexcept;
    void meter(const float* const* inputs, uint32_t frames) noexcept;
    void takeGains() noexcept;
    Identity identity() const;
    std::string statusMessage() const;
    std::string savedByApp() const;
    void restoreByApp(const std::string& value);
    void restoreNotes(const std::string& value);

    // BridgeListener, on the bridge thread.
    void renamed(const std::string& id) override;
    void assigned(const std::string& givenName, const std::string& givenColour) override;
    void stemsGiven(std::vector<StemAssignment> given) override;
    void notesGiven(std::vector<NoteEvent> notes) override;
    void parametersGiven(const std::vector<std::pair<uint32_t, float>>& values) override;
    bool readyToGreet() const override;
    void welcomed() override;
    void beforeAudio() override;
    void afterAudio(Bridge& to) override;
    void tell(Bridge& to) override;

    CaptureRing ring;
    StemPlayer stems;
    Bridge bridge;

    // Audio thread only.
    ChannelStrip strip;
    StemMixer mixer;
    NotePlayer player;
    Handoff<std::vector<NoteEvent>> noteHandoff;
    uint64_t streamFrame = 0;
    int64_t expectedFrame = 0;
    int64_t renderedUntil = INT64_MIN;
    bool wasPlaying = false;
    /// The first block after a start: some hosts say "playing" for one block when a session is opened. It is captured when the next
    /// one goes on from it.
    static constexpr uint32_t maxHeld = 8192;
    Transport heldAt;
    uint32_t heldFrames = 0;
    float held[2][maxHeld];
    float faderGains[StemPlayer::maxStems] = {};
    double wideLeft[blockFrames], wideRight[blockFrames], sendLeft[blockFrames], sendRight[blockFrames];
    float left[blockFrames], right[blockFrames];
    float stemAudio[StemPlayer::maxStems][2][blockFrames];

    // From the audio thread to the others. The transport is twice the frame, plus one while playing.
    std::atomic<int64_t> transportNow{0};
    std::atomic<uint32_t> transportChanges{0};
    std::atomic<uint64_t> missedFrames{0};
    std::atomic<bool> running{false};
    std::atomic<float> peaks[2] = {{0}, {0}};

    // Bridge thread only.
    int64_t transportSeen = 0;
    uint32_t transportTold = 0, transportChangesSeen = 0;
    uint64_t droppedTold = 0, missedTold = 0;
    std::chrono::steady_clock::time_point toldAt{};

    mutable std::mutex guard; // what follows; never on the audio thread
    bool started = false, restored = false;
    std::chrono::steady_clock::time_point startedAt;
    bool statusChanged = false;
    double rate = 48000;
    uint32_t maxBlock = 1024;
    std::string instance, name, colour, trackName, stemState, noteState, format, host;
    std::vector<StemStatus> stemStates;
};

} // namespace sonidesk
