#pragma once
#include "../protocol/Frame.hpp"
#include "CaptureRing.hpp"
#include "Commands.hpp"
#include "Endpoint.hpp"
#include "Socket.hpp"
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
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

    bool operator==(const Identity& other) const
    {
        return instance == other.instance && host == other.host && format == other.format && name == other.name &&
               sampleRate == other.sampleRate && maxBlockFrames == other.maxBlockFrames && slot == other.slot;
    }
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
    Bridge(CaptureRing& captured, BridgeListener& hears) : ring(captured), listener(hears), commands(hears) {}
    ~Bridge() { stop(); }

    /// [main-thread] Starts the thread.
    void start(const Identity& identity);
    /// [any-thread but audio] The rate, the name or the slot changed: hello is said again. Another instance id (a session was
    /// restored) takes a new connection, as this one is known by the old id.
    void identify(const Identity& identity);
    /// [main-thread] Sends what is left and ends the thread.
    void stop();

    /// [any-thread] True while blocks are worth capturing: connected, or the connection broke a moment ago, or the app runs and has
    /// not answered the first hello yet.
    bool capturing() const noexcept { return wanted.load(std::memory_order_relaxed); }
    /// [any-thread]
    BridgeState state() const noexcept { return now.load(std::memory_order_relaxed); }
    /// [main-thread] A sentence for the user: connected, or why not.
    std::string message() const;
    /// [bridge-thread] Queues a control message.
    void say(FrameType type, const std::string& json);

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void search();
    void serve();
    void farewell();
    bool takeChange(bool& other);
    bool connect(const Endpoint& endpoint);
    bool greet(const Endpoint& endpoint);
    void drainRing();
    bool pump();
    bool keepAlive();
    bool receive(int timeoutMs);
    bool handle(const Frame& frame);
    void put(FrameType type, uint32_t stream, const void* payload, uint32_t length);
    void lost(BridgeState because, const std::string& why);

    CaptureRing& ring;
    BridgeListener& listener;
    Commands commands;
    std::thread thread;
    std::atomic<bool> quit{false}, wanted{false};
    std::atomic<BridgeState> now{BridgeState::searching};

    mutable std::mutex guard; // identity and text; never taken on the audio thread
    std::condition_variable wake;
    Identity identity;
    bool changed = false, renew = false;
    std::chrono::steady_clock::time_point changedAt;
    std::string text;

    // Bridge thread only.
    Socket socket;
    FrameDecoder decoder;
    /// Captured records on their way, in memory: the app may be slower than an offline bounce, or away for a moment.
    struct Captured
    {
        FrameType type;
        std::vector<uint8_t> bytes;
    };
    std::deque<Captured> spill;
    size_t spillBytes = 0;
    /// Frames of this connection, sent up to `outgoingAt`.
    std::vector<uint8_t> outgoing, record;
    size_t outgoingAt = 0;
    uint64_t sequence = 0;
    std::string greetedAs;
    std::chrono::duration<double> keepAliveInterval{2};
    /// The last hello was answered; any hello was.
    bool welcomed = false, met = false;
    Clock::time_point sentAt, heardAt, lostAt, searchAt;
};

} // namespace sonidesk
