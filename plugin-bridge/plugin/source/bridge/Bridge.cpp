#include "Bridge.hpp"
#include "../core/JsonText.hpp"
#include <algorithm>

namespace sonidesk {

using nlohmann::json;
using namespace std::chrono_literals;

/// The app is looked for this often; with the handshake a restarted app is found within 2 s.
static constexpr auto searchInterval = 500ms;
/// An app that refused is asked again this often.
static constexpr auto refusedInterval = 2s;
/// A ring is kept this long after a connection broke, so that a restarted app misses nothing.
static constexpr auto patience = 30s;
/// How long the app may take nothing at all, though it answers: it holds us back while its disk is slow.
static constexpr auto stallTimeout = 60s;
/// What is captured meanwhile is kept up to here; beyond, the ring fills and gaps are counted. 12 minutes of stereo at 48 kHz.
static constexpr size_t maxSpillBytes = size_t(256) << 20;
static constexpr auto helloTimeout = 2s;
/// The ring is looked at this often: at 200 times real time it then holds 4 s, of 22. While the app is behind, oftener.
static constexpr int receiveTimeoutMs = 20, busyTimeoutMs = 2;
static constexpr auto lookInterval = 20ms;
/// Changes of name, slot and rate that follow each other faster are said in one hello.
static constexpr auto settleTime = 150ms;
/// Frames are sent in pieces of about this size.
static constexpr size_t batchBytes = 1 << 18;

void Bridge::start(const Identity& who)
{
    identify(who);
    if (thread.joinable()) return;
    quit = met = false;
    // An export starts to play right after it opened the session: what it plays before the app answers the first hello is kept.
    wanted = Endpoint::read().has_value();
    lostAt = Clock::now();
    thread = std::thread([this] { run(); });
}

void Bridge::identify(const Identity& who)
{
    const std::lock_guard<std::mutex> lock(guard);
    if (who == identity) return;
    renew |= who.instance != identity.instance;
    changed = true;
    changedAt = Clock::now();
    identity = who;
}

/// Has the identity changed, a moment ago so that what belongs together is told together? `other`: so much that this connection
/// stands for somebody else.
bool Bridge::takeChange(bool& other)
{
    const std::lock_guard<std::mutex> lock(guard);
    other = renew;
    if (!changed || (!renew && Clock::now() - changedAt < settleTime)) return false;
    changed = renew = false;
    return true;
}

void Bridge::stop()
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        quit = true;
    }
    wake.notify_one();
    if (thread.joinable()) thread.join();
}

std::string Bridge::message() const
{
    const std::lock_guard<std::mutex> lock(guard);
    return text.empty() ? "Looking for SoniDesk." : text;
}

void Bridge::say(FrameType type, const std::string& message) { put(type, 0, message.data(), uint32_t(message.size())); }

void Bridge::run()
{
    record.resize(CaptureRing::maxRecordBytes);
    searchAt = Clock::now();
    while (!quit)
    {
        if (socket.open())
            serve();
        else
            search();
    }
    farewell();
    wanted = false;
    now = BridgeState::searching;
}

/// One look for the app, then a wait.
void Bridge::search()
{
    if (wanted && Clock::now() - lostAt > patience) wanted = false;
    if (wanted)
        drainRing();
    else
    {
        ring.clear();
        spill.clear();
        spillBytes = 0;
    }
    if (Clock::now() >= searchAt && listener.readyToGreet())
    {
        const auto endpoint = Endpoint::read();
        const bool there = endpoint && connect(*endpoint);
        if (there && greet(*endpoint)) return;
        socket.close();
        if (!there && now == BridgeState::refused) lost(BridgeState::searching, "");
        searchAt = Clock::now() + (now == BridgeState::refused ? std::chrono::milliseconds(refusedInterval) : searchInterval);
        // Nobody listens (the file was left behind by an app that is gone), or the app refused. One that took the connection and does not
        // answer yet is busy: what plays waits for it as for an app that was lost.
        if (!met && (!there || now == BridgeState::refused)) wanted = false;
    }
    std::unique_lock<std::mutex> lock(guard);
    // A broken connection leaves a ring that must not run over before the app is back.
    const bool soon = wanted || Clock::now() >= searchAt;
    wake.wait_until(lock, soon ? Clock::now() + lookInterval : searchAt, [this] { return quit.load(); });
}

/// One round of a standing connection.
void Bridge::serve()
{
    bool other = false;
    if (takeChange(other))
    {
        const auto endpoint = other ? std::nullopt : Endpoint::read();
        if (!endpoint || !greet(*endpoint))
        {
            socket.close();
            searchAt = Clock::now();
            if (now == BridgeState::connected) lost(BridgeState::searching, "");
            return;
        }
    }
    listener.beforeAudio();
    drainRing();
    bool alive = pump();
    if (alive && spill.empty()) listener.afterAudio(*this);
    if (alive && outgoing.size() <= batchBytes + CaptureRing::maxRecordBytes) listener.tell(*this); // else the app takes nothing now
    alive = alive && pump() && receive(outgoing.empty() ? receiveTimeoutMs : busyTimeoutMs) && keepAlive();
    if (alive) return;
    socket.close();
    if (now == BridgeState::connected) lost(BridgeState::searching, "");
}

/// Sends what is left, as far as the app takes it at once.
void Bridge::farewell()
{
    if (!socket.open()) return;
    drainRing();
    const auto end = Clock::now() + 200ms;
    while (pump() && !spill.empty() && Clock::now() < end) std::this_thread::sleep_for(1ms);
    say(FrameType::bye, R"({"reason":"The plugin was removed."})");
    while (pump() && !outgoing.empty() && Clock::now() < end) std::this_thread::sleep_for(1ms);
    socket.close();
}

bool Bridge::connect(const Endpoint& endpoint)
{
    if (!socket.connect(endpoint.address)) return false;
    decoder = FrameDecoder();
    commands.reset();
    sequence = 0;
    outgoing.clear();
    outgoingAt = 0;
    return true;
}

/// Says hello and waits for the answer.
bool Bridge::greet(const Endpoint& endpoint)
{
    welcomed = false;
    json hello;
    {
        const std::lock_guard<std::mutex> lock(guard);
        changed = renew = false;
        greetedAs = identity.instance;
        hello = {{"protocol", {{"min", protocolVersion}, {"max", protocolVersion}}},
                 {"token", endpoint.token},
                 {"instance", identity.instance},
                 {"pluginVersion", identity.pluginVersion},
                 {"host", identity.host},
                 {"format", identity.format},
                 {"sampleRate", identity.sampleRate},
                 {"maxBlockFrames", identity.maxBlockFrames},
                 {"channels", identity.channels},
                 {"name", identity.name},
                 {"slot", identity.slot}};
    }
    sentAt = heardAt = Clock::now();
    say(FrameType::hello, jsonText(hello));
    const auto until = Clock::now() + helloTimeout;
    while (!quit && !welcomed && Clock::now() < until)
    {
        if (wanted) drainRing();
        if (!pump() || !receive(receiveTimeoutMs)) return false;
    }
    if (!welcomed) return false;
    {
        const std::lock_guard<std::mutex> lock(guard);
        text = "Connected to SoniDesk.";
    }
    wanted = met = true;
    now = BridgeState::connected;
    listener.welcomed();
    return true;
}

/// Takes what was captured out of the audio thread's way.
void Bridge::drainRing()
{
    CaptureRing::Record head;
    while (spillBytes < maxSpillBytes && ring.pop(head, record.data()))
    {
        const FrameType type = head.kind == CaptureRing::Kind::audio ? FrameType::audio : FrameType::gap;
        spill.push_back({type, {record.begin(), record.begin() + head.bytes}});
        spillBytes += head.bytes;
    }
}

/// Sends as much as the app takes now. False when the connection broke.
bool Bridge::pump()
{
    for (;;)
    {
        // During a hello nothing but it is said.
        while (welcomed && !spill.empty() && outgoing.size() < batchBytes)
        {
            const Captured& next = spill.front();
            put(next.type, 1, next.bytes.data(), uint32_t(next.bytes.size()));
            spillBytes -= next.bytes.size();
            spill.pop_front();
        }
        if (outgoing.empty()) return socket.open();
        const long sent = socket.send(outgoing.data() + outgoingAt, outgoing.size() - outgoingAt);
        if (sent < 0) return false;
        if (sent == 0) return Clock::now() - sentAt < stallTimeout;
        sentAt = Clock::now();
        outgoingAt += size_t(sent);
        if (outgoingAt < outgoing.size()) continue;
        outgoing.clear();
        outgoingAt = 0;
    }
}

bool Bridge::keepAlive()
{
    const auto time = Clock::now();
    if (time - heardAt > 3 * keepAliveInterval) return false;
    if (time - sentAt <= keepAliveInterval) return true;
    if (!outgoing.empty()) return true;
    const uint64_t stamp = sequence;
    put(FrameType::ping, 0, &stamp, sizeof stamp);
    return true;
}

void Bridge::put(FrameType type, uint32_t stream, const void* payload, uint32_t length)
{
    if (outgoing.empty()) sentAt = Clock::now(); // from here on the app has to take it
    appendFrame(outgoing, type, stream, sequence++, payload, length);
}

bool Bridge::receive(int timeoutMs)
{
    uint8_t bytes[1 << 14];
    const long got = socket.receive(bytes, sizeof bytes, timeoutMs);
    if (got < 0) return false;
    if (got == 0) return true;
    heardAt = Clock::now();
    decoder.push(bytes, size_t(got));
    while (auto frame = decoder.next())
        if (!handle(*frame)) return false;
    if (decoder.error().empty()) return true;
    lost(BridgeState::refused, decoder.error());
    return false;
}

bool Bridge::handle(const Frame& frame)
{
    const auto type = static_cast<FrameType>(frame.header.type);
    std::string problem;
    try
    {
        switch (type)
        {
        case FrameType::ping: put(FrameType::pong, 0, frame.payload.data(), uint32_t(frame.payload.size())); return true;
        case FrameType::bye: return false;
        case FrameType::welcome:
        {
            const json message = json::parse(frame.payload);
            const std::string instance = message.at("instance");
            const double seconds = message.at("keepAliveSeconds");
            keepAliveInterval = std::chrono::duration<double>(std::min(60.0, std::max(0.1, seconds)));
            bool other;
            {
                const std::lock_guard<std::mutex> lock(guard);
                // Who we are may have been restored since the hello: that is said next.
                other = instance != identity.instance && identity.instance == greetedAs;
                if (other) identity.instance = instance;
            }
            if (other) listener.renamed(instance);
            welcomed = true;
            return true;
        }
        case FrameType::refused:
            lost(BridgeState::refused, json::parse(frame.payload).at("message"));
            return false;
        default:
            if (commands.take(frame, problem)) return true;
            break;
        }
    }
    catch (const json::exception& wrong)
    {
        problem = wrong.what();
    }
    lost(BridgeState::refused, "SoniDesk sent something this plugin does not understand: " + problem);
    return false;
}

void Bridge::lost(BridgeState because, const std::string& why)
{
    lostAt = Clock::now();
    now = because;
    const std::lock_guard<std::mutex> lock(guard);
    text = why;
}

} // namespace sonidesk
