#pragma once
#include "../protocol/Frame.hpp"
#include "CaptureRing.hpp"
#include "Socket.hpp"
#include <atomic>
#include <chrono>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <thread>
#include <vector>

namespace sonidesk {

/// Who this instance is, as said in `hello`.
struct Identity
{
    std::string instance, host, format, name, pluginVersion;
    double sampleRate = 48000;
    uint32_t maxBlockFrames = 1024, channels = 2;
    int slot = 0;
};

/// What the app can tell an instance. Called on the bridge thread.
class BridgeListener
{
public:
    virtual ~BridgeListener() = default;
    /// The id to keep from now on (another live instance had ours).
    virtual void renamed(const std::string& instance) = 0;
    virtual void assigned(const nlohmann::json& assignment) = 0;
    virtual void stemsGiven(const nlohmann::json& stems) = 0;
    virtual void notesGiven(std::vector<NoteEvent> notes) = 0;
    virtual void stripGiven(const nlohmann::json& strip) = 0;
    virtual void monitorGiven(bool stems) = 0;
};

enum class BridgeState
{
    searching,
    connected,
    refused
};

/// The bridge thread: finds the app, says hello, sends what the ring holds, takes what the app says, reconnects by itself.
class Bridge
{
public:
    Bridge(CaptureRing& captured, BridgeListener& hears) : ring(captured), listener(hears) {}
    ~Bridge() { stop(); }

    /// [main-thread] Starts the thread, or tells a running one that the identity changed (rate, name, slot): it says hello again.
    void start(const Identity& identity);
    /// [main-thread] Sends what is left and ends the thread.
    void stop();

    /// [any-thread] True while blocks are worth capturing: connected, or the connection broke a moment ago.
    bool capturing() const noexcept { return wanted.load(std::memory_order_relaxed); }
    /// [any-thread]
    BridgeState state() const noexcept { return now.load(std::memory_order_relaxed); }
    /// [main-thread] A sentence for the user: why the app refused, what the stems are doing.
    std::string message() const;
    /// [bridge-thread] or [main-thread] Queues a control message.
    void say(FrameType type, const nlohmann::json& message);

private:
    using Clock = std::chrono::steady_clock;

    void run();
    bool greet();
    bool sendRing();
    bool sendQueued();
    bool receive(int timeoutMs);
    bool handle(const Frame& frame);
    void welcome(const std::string& instance);
    bool sendFrame(FrameType type, uint32_t stream, const void* payload, uint32_t length);
    bool flush();
    void lost(BridgeState because, const std::string& why);

    CaptureRing& ring;
    BridgeListener& listener;
    std::thread thread;
    std::atomic<bool> quit{false}, wanted{false}, changed{false};
    std::atomic<BridgeState> now{BridgeState::searching};

    mutable std::mutex guard; // identity, text and queue; never taken on the audio thread
    Identity identity;
    std::string text;
    std::vector<std::pair<FrameType, std::string>> queue;

    // Bridge thread only.
    Socket socket;
    FrameDecoder decoder;
    std::vector<uint8_t> outgoing, record;
    uint64_t sequence = 0;
    double keepAliveSeconds = 2;
    bool welcomed = false;
    Clock::time_point sentAt, heardAt, lostAt;
};

} // namespace sonidesk
