#if !defined(_WIN32)
#include "Socket.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sonidesk {

static int dial(const sockaddr* address, socklen_t length, int family, int timeoutMs)
{
    const int fd = ::socket(family, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    // As much as the system grants (Linux: twice net.core.wmem_max): the app may come late to read.
    const int room = 1 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
#ifdef SO_NOSIGPIPE
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    ::fcntl(fd, F_SETFL, O_NONBLOCK); // before connect: a server that does not accept must not hold us
    int error = ::connect(fd, address, length) == 0 ? 0 : errno;
    if (error == EINPROGRESS)
    {
        pollfd waiting = {fd, POLLOUT, 0};
        socklen_t size = sizeof error;
        if (::poll(&waiting, 1, timeoutMs) != 1 || ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = ETIMEDOUT;
    }
    if (error == 0) return fd;
    ::close(fd);
    return -1;
}

bool Socket::connect(const std::string& address)
{
    close();
    int fd = -1;
    if (address.compare(0, 5, "unix:") == 0)
    {
        sockaddr_un target{};
        target.sun_family = AF_UNIX;
        if (address.size() - 5 >= sizeof target.sun_path) return false;
        std::strcpy(target.sun_path, address.c_str() + 5);
        fd = dial(reinterpret_cast<sockaddr*>(&target), sizeof target, AF_UNIX, connectTimeoutMs);
    }
    else if (address.compare(0, 14, "tcp:127.0.0.1:") == 0) // loopback only, by design
    {
        sockaddr_in target{};
        target.sin_family = AF_INET;
        target.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + 14)));
        target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = dial(reinterpret_cast<sockaddr*>(&target), sizeof target, AF_INET, connectTimeoutMs);
        const int on = 1;
        if (fd >= 0) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    handle = fd;
    return open();
}

void Socket::close() noexcept
{
    if (open()) ::close(static_cast<int>(handle));
    handle = invalid;
}

long Socket::send(const uint8_t* bytes, size_t count)
{
#ifdef MSG_NOSIGNAL
    constexpr int flags = MSG_NOSIGNAL;
#else
    constexpr int flags = 0;
#endif
    if (!open()) return -1;
    const ssize_t sent = ::send(static_cast<int>(handle), bytes, count, flags);
    if (sent > 0) return static_cast<long>(sent);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    close();
    return -1;
}

long Socket::receive(uint8_t* bytes, size_t count, int timeoutMs)
{
    if (!open()) return -1;
    pollfd waiting = {static_cast<int>(handle), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, timeoutMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return 0;
    const ssize_t got = ready < 0 ? -1 : ::recv(static_cast<int>(handle), bytes, count, 0);
    if (got > 0) return static_cast<long>(got);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    close();
    return -1;
}

} // namespace sonidesk
#endif
