#include "FakeApp.hpp"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace host {

using namespace sonidesk;

struct FakeApp::Connection
{
    int socket;
    std::thread thread;
    FrameDecoder decoder;
    Heard heard;
    std::mutex sending;
    uint64_t sequence = 0;
    std::atomic<bool> welcomed{false};

    void send(FrameType type, const void* payload, size_t size, uint16_t flags = 0)
    {
        const std::lock_guard<std::mutex> lock(sending);
        std::vector<uint8_t> bytes;
        appendFrame(bytes, type, 0, sequence++, payload, uint32_t(size), flags);
        sendRaw(bytes);
    }

    void sendRaw(const std::vector<uint8_t>& bytes)
    {
        for (size_t at = 0; at < bytes.size();)
        {
            const ssize_t sent = ::send(socket, &bytes[at], bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return;
            at += size_t(sent);
        }
    }
};

FakeApp::FakeApp()
{
    char folder[] = "/tmp/sonidesk-host-XXXXXX";
    directory = mkdtemp(folder);
    setenv("SONIDESK_BRIDGE", (directory + "/bridge.json").c_str(), 1);
}

FakeApp::~FakeApp()
{
    stop();
    std::filesystem::remove_all(directory);
}

void FakeApp::start()
{
    quit = false;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = directory + "/bridge.sock";
    ::unlink(path.c_str());
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 1024) != 0) std::exit(2);
    std::ofstream(directory + "/bridge.json") << json{{"address", "unix:" + path}, {"token", "token"}};
    acceptor = std::thread([this] { accept(); });
}

void FakeApp::stop(bool tidy)
{
    quit = true;
    if (tidy) std::filesystem::remove(directory + "/bridge.json");
    if (acceptor.joinable()) acceptor.join();
    if (listener >= 0) ::close(listener);
    listener = -1;
    std::vector<std::unique_ptr<Connection>> ended;
    {
        const std::lock_guard<std::mutex> lock(guard);
        ended.swap(all);
    }
    for (auto& connection : ended)
    {
        ::shutdown(connection->socket, SHUT_RDWR);
        connection->thread.join();
        ::close(connection->socket);
    }
}

void FakeApp::accept()
{
    while (!quit)
    {
        pollfd waiting = {listener, POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const std::lock_guard<std::mutex> lock(guard);
        all.push_back(std::make_unique<Connection>());
        Connection& made = *all.back();
        made.socket = socket;
        made.thread = std::thread([this, &made] { serve(made); });
    }
}

void FakeApp::serve(Connection& connection)
{
    std::vector<uint8_t> bytes(1 << 16);
    auto pingAt = std::chrono::steady_clock::now();
    while (!quit)
    {
        if (std::chrono::steady_clock::now() >= pingAt && connection.welcomed)
        {
            pingAt = std::chrono::steady_clock::now() + std::chrono::seconds(1);
            const uint64_t stamp = 0;
            connection.send(FrameType::ping, &stamp, sizeof stamp);
        }
        pollfd waiting = {connection.socket, POLLIN, 0};
        if (stuck || ::poll(&waiting, 1, 20) == 0)
        {
            if (stuck) std::this_thread::sleep_for(std::chrono::milliseconds(5));
            continue;
        }
        const ssize_t got = ::recv(connection.socket, bytes.data(), bytes.size(), 0);
        if (got <= 0) return;
        connection.decoder.push(bytes.data(), size_t(got));
        while (auto frame = connection.decoder.next()) answer(connection, *frame);
        if (!connection.decoder.error().empty()) std::printf("  failed: the plugin sent %s\n", connection.decoder.error().c_str()), std::exit(1);
    }
}

void FakeApp::answer(Connection& connection, const Frame& frame)
{
    const auto type = FrameType(frame.header.type);
    const auto parsed = [&] { return json::parse(frame.payload); };
    std::unique_lock<std::mutex> lock(guard);
    Heard& heard = connection.heard;
    json message;
    switch (type)
    {
    case FrameType::hello:
    {
        heard.hello = parsed();
        lock.unlock();
        const json reply = refuse ? json{{"kind", "token"}, {"message", "wrong token"}}
                                  : json{{"protocol", 1}, {"appVersion", "1"}, {"instance", heard.hello["instance"]}, {"keepAliveSeconds", 2}};
        const std::string text = reply.dump();
        connection.send(refuse ? FrameType::refused : FrameType::welcome, text.data(), text.size());
        connection.welcomed = !refuse;
        return;
    }
    case FrameType::audio:
    {
        Captured block;
        std::memcpy(&block.position, frame.payload.data(), sizeof block.position);
        heard.frames += block.position.frames;
        if (!positionsOnly) block.samples.resize((frame.payload.size() - sizeof block.position) / 4);
        std::memcpy(block.samples.data(), frame.payload.data() + sizeof block.position, block.samples.size() * 4);
        heard.audio.push_back(std::move(block));
        return;
    }
    case FrameType::gap:
    {
        GapPosition gap;
        std::memcpy(&gap, frame.payload.data(), sizeof gap);
        heard.gaps.push_back(gap);
        return;
    }
    case FrameType::transport: heard.transport.push_back(parsed()); return;
    case FrameType::status: heard.status = parsed(); return;
    case FrameType::parameters:
        for (const auto& [symbol, value] : (message = parsed()).items()) heard.parameters[symbol] = value;
        return;
    case FrameType::bye: heard.bye = true; return;
    case FrameType::ping:
        lock.unlock();
        connection.send(FrameType::pong, frame.payload.data(), frame.payload.size());
        return;
    default: return;
    }
}

void FakeApp::send(FrameType type, const json& message)
{
    const std::string text = message.dump();
    sendBytes(type, {text.begin(), text.end()});
}

void FakeApp::sendBytes(FrameType type, const std::vector<uint8_t>& payload, uint16_t flags)
{
    std::vector<Connection*> to;
    {
        const std::lock_guard<std::mutex> lock(guard);
        for (auto& connection : all) to.push_back(connection.get());
    }
    for (Connection* connection : to) connection->send(type, payload.data(), payload.size(), flags);
}

void FakeApp::sendRaw(const std::vector<uint8_t>& bytes)
{
    const std::lock_guard<std::mutex> lock(guard);
    for (auto& connection : all) connection->sendRaw(bytes);
}

Heard FakeApp::heard(size_t index)
{
    const std::lock_guard<std::mutex> lock(guard);
    return index < all.size() ? all[index]->heard : Heard();
}

Heard FakeApp::newest()
{
    const std::lock_guard<std::mutex> lock(guard);
    return all.empty() ? Heard() : all.back()->heard;
}

json FakeApp::newestStatus()
{
    const std::lock_guard<std::mutex> lock(guard);
    return all.empty() ? json() : all.back()->heard.status;
}

size_t FakeApp::connections()
{
    const std::lock_guard<std::mutex> lock(guard);
    size_t welcomed = 0;
    for (auto& connection : all) welcomed += !connection->heard.hello.is_null();
    return welcomed;
}

size_t FakeApp::opened()
{
    const std::lock_guard<std::mutex> lock(guard);
    return all.size();
}

void FakeApp::forget()
{
    const std::lock_guard<std::mutex> lock(guard);
    for (auto& connection : all)
    {
        connection->heard.audio.clear();
        connection->heard.gaps.clear();
        connection->heard.transport.clear();
        connection->heard.frames = 0;
    }
}

} // namespace host
