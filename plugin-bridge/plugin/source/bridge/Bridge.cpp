#include "Bridge.hpp"
#include "Endpoint.hpp"
#include <nlohmann/json.hpp>

namespace sonidesk {

using nlohmann::json;
using namespace std::chrono_literals;

/// The app is looked for this often; with the handshake a restarted app is found within 2 s.
static constexpr auto searchInterval = 500ms;
/// A ring is kept this long after a connection broke, so that a restarted app misses nothing.
static constexpr auto patience = 10s;
static constexpr int sendTimeoutMs = 2000;
/// Frames are sent in pieces of about this size.
static constexpr size_t batchBytes = 1 << 18;

void Bridge::start(const Identity& who)
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        identity = who;
    }
    changed = true;
    if (thread.joinable()) return;
    quit = false;
    thread = std::thread([this] { run(); });
}

void Bridge::stop()
{
    quit = true;
    if (thread.joinable()) thread.join();
}

std::string Bridge::message() const
{
    const std::lock_guard<std::mutex> lock(guard);
    return text;
}

void Bridge::say(FrameType type, const json& message)
{
    const std::lock_guard<std::mutex> lock(guard);
    if (queue.size() < 1000) queue.emplace_back(type, message.dump());
}

void Bridge::run()
{
    record.resize(CaptureRing::maxRecordBytes);
    Clock::time_point searchAt = Clock::now();
    while (!quit)
    {
        if (!socket.open())
        {
            if (wanted && Clock::now() - lostAt > patience) wanted = false;
            if (!wanted) ring.clear();
            if (Clock::now() >= searchAt)
            {
                searchAt = Clock::now() + searchInterval;
                if (greet()) continue;
            }
            std::this_thread::sleep_for(20ms);
            continue;
        }
        if (changed && !greet()) continue;
        const bool alive = sendRing() && sendQueued() && receive(5);
        const auto time = Clock::now();
        const auto interval = std::chrono::duration<double>(keepAliveSeconds);
        if (alive && time - sentAt > interval)
        {
            const uint64_t stamp = sequence;
            if (sendFrame(FrameType::ping, 0, &stamp, sizeof stamp)) flush();
        }
        if (alive && time - heardAt > 3 * interval) socket.close();
        if (!socket.open() && now != BridgeState::refused) lost(BridgeState::searching, "The connection to SoniDesk was lost; looking for it.");
    }
    if (socket.open())
    {
        sendRing();
        const std::string bye = R"({"reason":"The plugin was removed."})";
        if (sendFrame(FrameType::bye, 0, bye.data(), uint32_t(bye.size()))) flush();
        socket.close();
    }
    wanted = false;
    welcomed = false;
    now = BridgeState::searching;
}

/// Connects when there is no connection, says hello and waits for the answer.
bool Bridge::greet()
{
    const auto endpoint = Endpoint::read();
    if (!endpoint) return false;
    if (!socket.open())
    {
        if (!socket.connect(endpoint->address)) return false;
        decoder = FrameDecoder();
        sequence = 0;
        outgoing.clear();
    }
    changed = false;
    welcomed = false;
    json hello;
    {
        const std::lock_guard<std::mutex> lock(guard);
        hello = {{"protocol", {{"min", protocolVersion}, {"max", protocolVersion}}},
                 {"token", endpoint->token},
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
    const std::string bytes = hello.dump(-1, ' ', false, json::error_handler_t::replace);
    sentAt = heardAt = Clock::now();
    if (!sendFrame(FrameType::hello, 0, bytes.data(), uint32_t(bytes.size())) || !flush()) return false;
    while (!quit && socket.open() && !welcomed && Clock::now() - heardAt < 2s)
        if (!receive(50)) break;
    if (welcomed)
    {
        wanted = true;
        now = BridgeState::connected;
        const std::lock_guard<std::mutex> lock(guard);
        text = "Connected to SoniDesk.";
        return true;
    }
    socket.close();
    return false;
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

bool Bridge::sendQueued()
{
    std::vector<std::pair<FrameType, std::string>> taken;
    {
        const std::lock_guard<std::mutex> lock(guard);
        taken.swap(queue);
    }
    for (const auto& [type, bytes] : taken)
        if (!sendFrame(type, 0, bytes.data(), uint32_t(bytes.size()))) return false;
    return flush();
}

bool Bridge::sendFrame(FrameType type, uint32_t stream, const void* payload, uint32_t length)
{
    appendFrame(outgoing, type, stream, sequence++, payload, length);
    return outgoing.size() < batchBytes || flush();
}

bool Bridge::flush()
{
    if (outgoing.empty()) return socket.open();
    const bool sent = socket.send(outgoing.data(), outgoing.size(), sendTimeoutMs);
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
    socket.close();
    return false;
}

bool Bridge::handle(const Frame& frame)
{
    const auto type = static_cast<FrameType>(frame.header.type);
    if (type == FrameType::ping) return sendFrame(FrameType::pong, 0, frame.payload.data(), uint32_t(frame.payload.size())) && flush();
    if (type == FrameType::notes)
    {
        std::vector<NoteEvent> notes(frame.payload.size() / sizeof(NoteEvent));
        if (frame.payload.size() % sizeof(NoteEvent) != 0) return true;
        if (!notes.empty()) std::memcpy(notes.data(), frame.payload.data(), frame.payload.size());
        for (const NoteEvent& note : notes)
            if (!note.valid()) return true;
        listener.notesGiven(std::move(notes));
        return true;
    }
    const json message = json::parse(frame.payload, nullptr, false);
    if (!message.is_object()) return true; // unknown binary types are passed over
    try
    {
        switch (type)
        {
        case FrameType::welcome:
            keepAliveSeconds = message.at("keepAliveSeconds");
            welcome(message.at("instance"));
            break;
        case FrameType::refused:
            lost(BridgeState::refused, message.at("message"));
            socket.close();
            return false;
        case FrameType::bye: socket.close(); return false;
        case FrameType::assign: listener.assigned(message); break;
        case FrameType::stems: listener.stemsGiven(message.at("stems")); break;
        case FrameType::strip: listener.stripGiven(message.at("strip")); break;
        case FrameType::monitor: listener.monitorGiven(message.at("source") == "stems"); break;
        default: break;
        }
    }
    catch (const json::exception& problem)
    {
        lost(BridgeState::refused, std::string("SoniDesk sent something this plugin does not understand: ") + problem.what());
        socket.close();
        return false;
    }
    return true;
}

void Bridge::welcome(const std::string& instance)
{
    bool renamed;
    {
        const std::lock_guard<std::mutex> lock(guard);
        renamed = instance != identity.instance;
        identity.instance = instance;
    }
    if (renamed) listener.renamed(instance);
    welcomed = true;
}

void Bridge::lost(BridgeState because, const std::string& why)
{
    lostAt = Clock::now();
    now = because;
    const std::lock_guard<std::mutex> lock(guard);
    text = why;
}

} // namespace sonidesk
