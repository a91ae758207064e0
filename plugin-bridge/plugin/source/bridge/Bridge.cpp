#include "Bridge.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace sonidesk {

using nlohmann::json;
using namespace std::chrono_literals;

/// The app is looked for this often; with the handshake a restarted app is found within 2 s.
static constexpr auto searchInterval = 500ms;
/// An app that refused is asked again this often.
static constexpr auto refusedInterval = 2s;
/// A ring is kept this long after a connection broke, so that a restarted app misses nothing.
static constexpr auto patience = 10s;
/// How long the app may take nothing at all before the connection counts as broken.
static constexpr int sendTimeoutMs = 2000;
static constexpr auto helloTimeout = 2s;
/// The ring is looked at this often: at 20 times real time it then holds 0.4 s, of 22.
static constexpr int receiveTimeoutMs = 20;
/// Frames are sent in pieces of about this size.
static constexpr size_t batchBytes = 1 << 18;

void Bridge::start(const Identity& who)
{
    identify(who);
    if (thread.joinable()) return;
    quit = false;
    thread = std::thread([this] { run(); });
}

void Bridge::identify(const Identity& who)
{
    const std::lock_guard<std::mutex> lock(guard);
    if (!(who == identity)) changed = true;
    identity = who;
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

bool Bridge::say(FrameType type, const std::string& message)
{
    return sendFrame(type, 0, message.data(), uint32_t(message.size())) && flush();
}

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
    if (!wanted) ring.clear();
    if (Clock::now() >= searchAt)
    {
        const auto endpoint = Endpoint::read();
        const bool there = endpoint && connect(*endpoint);
        const bool met = there && greet(*endpoint);
        if (!there && now == BridgeState::refused) lost(BridgeState::searching, "");
        searchAt = Clock::now() + (now == BridgeState::refused ? std::chrono::milliseconds(refusedInterval) : searchInterval);
        if (met) return;
        socket.close();
    }
    std::unique_lock<std::mutex> lock(guard);
    wake.wait_until(lock, searchAt, [this] { return quit.load(); });
}

/// One round of a standing connection.
void Bridge::serve()
{
    if (changed)
    {
        const auto endpoint = Endpoint::read();
        if (!endpoint || !greet(*endpoint))
        {
            socket.close();
            if (now == BridgeState::connected) lost(BridgeState::searching, "");
            return;
        }
    }
    listener.beforeAudio();
    bool alive = sendRing();
    if (alive) listener.afterAudio(*this);
    alive = alive && socket.open() && receive(receiveTimeoutMs) && keepAlive();
    if (alive && socket.open()) return;
    socket.close();
    if (now == BridgeState::connected) lost(BridgeState::searching, "");
}

/// Sends what is left, as far as the app takes it at once.
void Bridge::farewell()
{
    if (!socket.open()) return;
    sendRing();
    say(FrameType::bye, R"({"reason":"The plugin was removed."})");
    socket.close();
}

bool Bridge::connect(const Endpoint& endpoint)
{
    if (!socket.connect(endpoint.address)) return false;
    decoder = FrameDecoder();
    commands.reset();
    sequence = 0;
    outgoing.clear();
    return true;
}

/// Says hello and waits for the answer.
bool Bridge::greet(const Endpoint& endpoint)
{
    changed = false;
    welcomed = false;
    json hello;
    {
        const std::lock_guard<std::mutex> lock(guard);
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
    if (!say(FrameType::hello, hello.dump(-1, ' ', false, json::error_handler_t::replace))) return false;
    const auto until = Clock::now() + helloTimeout;
    while (!quit && !welcomed && Clock::now() < until)
        if (!receive(50)) return false;
    if (!welcomed) return false;
    {
        const std::lock_guard<std::mutex> lock(guard);
        text = "Connected to SoniDesk.";
    }
    wanted = true;
    now = BridgeState::connected;
    listener.welcomed();
    return true;
}

bool Bridge::sendRing()
{
    CaptureRing::Record head;
    while (ring.pop(head, record.data()))
    {
        const FrameType type = head.kind == CaptureRing::Kind::audio ? FrameType::audio : FrameType::gap;
        if (!sendFrame(type, 1, record.data(), head.bytes)) return false;
    }
    return flush();
}

bool Bridge::keepAlive()
{
    const auto time = Clock::now();
    if (time - heardAt > 3 * keepAliveInterval) return false;
    if (time - sentAt <= keepAliveInterval) return true;
    const uint64_t stamp = sequence;
    return sendFrame(FrameType::ping, 0, &stamp, sizeof stamp) && flush();
}

bool Bridge::sendFrame(FrameType type, uint32_t stream, const void* payload, uint32_t length)
{
    appendFrame(outgoing, type, stream, sequence++, payload, length);
    return outgoing.size() < batchBytes || flush();
}

bool Bridge::flush()
{
    if (outgoing.empty()) return socket.open();
    const bool sent = socket.send(outgoing.data(), outgoing.size(), sendTimeoutMs, quit);
    outgoing.clear();
    sentAt = Clock::now();
    return sent;
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
        case FrameType::ping: return sendFrame(FrameType::pong, 0, frame.payload.data(), uint32_t(frame.payload.size())) && flush();
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
                other = instance != identity.instance;
                identity.instance = instance;
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
