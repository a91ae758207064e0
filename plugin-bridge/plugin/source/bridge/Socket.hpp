#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace sonidesk {

/// A byte stream to the app, the one place that knows the platform (SocketPosix.cpp, SocketWindows.cpp).
/// Bridge thread only; no call blocks for longer than its timeout.
class Socket
{
public:
    Socket() = default;
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// `address` is "unix:/path", "pipe:\\.\pipe\name" (Windows) or "tcp:127.0.0.1:port". False when nobody listens there.
    bool connect(const std::string& address);
    bool open() const noexcept { return handle != invalid; }
    void close() noexcept;

    /// Bytes taken at once, 0 when the other side takes none now, -1 when it is gone (the socket is closed then).
    long send(const uint8_t* bytes, size_t count);
    /// Bytes received, 0 when none came within `timeoutMs`, -1 when the other side is gone (the socket is closed then).
    long receive(uint8_t* bytes, size_t count, int timeoutMs);

private:
    using Handle = intptr_t;
    /// A connection to our own machine that is not made at once will not be.
    static constexpr int connectTimeoutMs = 200;
    static constexpr Handle invalid = -1;

    Handle handle = invalid;
    /// A Windows named pipe takes other calls than a socket.
    bool pipe = false;
};

} // namespace sonidesk
