#if defined(_WIN32)
#include "Socket.hpp"
#include <cstdlib>
#include <winsock2.h>
#include <windows.h>

namespace sonidesk {

/// Winsock is started once for the process and left to it.
static bool winsockReady()
{
    static const bool ready = [] {
        WSADATA data;
        return WSAStartup(MAKEWORD(2, 2), &data) == 0;
    }();
    return ready;
}

static HANDLE asPipe(intptr_t handle) { return reinterpret_cast<HANDLE>(handle); }
static SOCKET asSocket(intptr_t handle) { return static_cast<SOCKET>(handle); }

bool Socket::connect(const std::string& address)
{
    close();
    pipe = address.compare(0, 5, "pipe:") == 0;
    if (pipe)
    {
        const HANDLE opened = CreateFileA(address.c_str() + 5, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                          FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
        if (opened != INVALID_HANDLE_VALUE) handle = reinterpret_cast<Handle>(opened);
        return open();
    }
    if (address.compare(0, 14, "tcp:127.0.0.1:") != 0 || !winsockReady()) return false; // loopback only, by design
    const SOCKET made = ::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (made == INVALID_SOCKET) return false;
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(static_cast<u_short>(std::atoi(address.c_str() + 14)));
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<sockaddr*>(&target), sizeof target) != 0)
    {
        closesocket(made);
        return false;
    }
    u_long nonBlocking = 1;
    ioctlsocket(made, FIONBIO, &nonBlocking);
    const BOOL on = TRUE;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
    handle = static_cast<Handle>(made);
    return true;
}

void Socket::close() noexcept
{
    if (!open()) return;
    if (pipe)
        CloseHandle(asPipe(handle));
    else
        closesocket(asSocket(handle));
    handle = invalid;
}

/// Runs one overlapped transfer; bytes moved, 0 on time-out (the transfer is cancelled), -1 on failure.
static long transfer(HANDLE pipe, void* bytes, DWORD count, int timeoutMs, bool write)
{
    OVERLAPPED overlapped{};
    overlapped.hEvent = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    const BOOL started = write ? WriteFile(pipe, bytes, count, nullptr, &overlapped) : ReadFile(pipe, bytes, count, nullptr, &overlapped);
    long result = -1;
    if (started || GetLastError() == ERROR_IO_PENDING)
    {
        if (WaitForSingleObject(overlapped.hEvent, static_cast<DWORD>(timeoutMs)) != WAIT_OBJECT_0) CancelIo(pipe);
        DWORD moved = 0;
        if (GetOverlappedResult(pipe, &overlapped, &moved, TRUE))
            result = static_cast<long>(moved);
        else if (GetLastError() == ERROR_OPERATION_ABORTED)
            result = static_cast<long>(moved);
    }
    CloseHandle(overlapped.hEvent);
    return result;
}

/// A pipe takes a write whole or, when it is full, after this long not at all.
static constexpr int pipeWriteMs = 20;

long Socket::send(const uint8_t* bytes, size_t count)
{
    if (!open()) return -1;
    if (pipe)
    {
        const long sent = transfer(asPipe(handle), const_cast<uint8_t*>(bytes), static_cast<DWORD>(count), pipeWriteMs, true);
        if (sent < 0) close();
        return sent;
    }
    const int sent = ::send(asSocket(handle), reinterpret_cast<const char*>(bytes), static_cast<int>(count), 0);
    if (sent >= 0) return sent;
    if (WSAGetLastError() == WSAEWOULDBLOCK) return 0;
    close();
    return -1;
}

long Socket::receive(uint8_t* bytes, size_t count, int timeoutMs)
{
    if (!open()) return -1;
    if (pipe)
    {
        const long got = transfer(asPipe(handle), bytes, static_cast<DWORD>(count), timeoutMs, false);
        if (got < 0) close();
        return got;
    }
    WSAPOLLFD waiting = {asSocket(handle), POLLIN, 0};
    const int ready = WSAPoll(&waiting, 1, timeoutMs);
    if (ready == 0) return 0;
    const int got = ready < 0 ? -1 : ::recv(asSocket(handle), reinterpret_cast<char*>(bytes), static_cast<int>(count), 0);
    if (got > 0) return got;
    if (got < 0 && WSAGetLastError() == WSAEWOULDBLOCK) return 0;
    close();
    return -1;
}

} // namespace sonidesk
#endif
