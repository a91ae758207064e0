// Takes the place of libc's functions for this program and all it loads, the plugin too: symbols of the program come first.
#include "Guard.hpp"
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace guard {

static thread_local bool inside = false;
static std::atomic<unsigned> count{0};
static char firstName[40];

static void seen(const char* name) noexcept
{
    if (!inside) return;
    if (count.fetch_add(1) == 0) std::strncpy(firstName, name, sizeof firstName - 1);
}

void enter() noexcept { inside = true; }
void leave() noexcept { inside = false; }
unsigned violations() noexcept { return count; }
const char* first() noexcept { return firstName; }

/// Written with the number of the call: the handler runs inside the forbidden section.
static void trapped(int, siginfo_t* info, void*)
{
    if (inside && count.fetch_add(1) == 0) std::snprintf(firstName, sizeof firstName, "system call %d", info->si_syscall);
}

bool forbidSystemCalls() noexcept
{
    struct sigaction action = {};
    action.sa_sigaction = trapped;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &action, nullptr);
    // sched_yield is for the test itself, between blocks; rt_sigreturn ends the handler.
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 2, 0), // the end of a thread gives its stack back
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter = {sizeof program / sizeof *program, program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

template <class Function> static Function real(const char* name)
{
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

} // namespace guard

/// Passes a call on to libc after noting it.
#define WATCH(result, name, parameters, ...)                                                                                               \
    extern "C" result name parameters                                                                                                      \
    {                                                                                                                                      \
        static const auto passOn = guard::real<result(*) parameters>(#name);                                                               \
        guard::seen(#name);                                                                                                                \
        return passOn(__VA_ARGS__);                                                                                                        \
    }

extern "C" void* __libc_malloc(size_t);
extern "C" void* __libc_calloc(size_t, size_t);
extern "C" void* __libc_realloc(void*, size_t);
extern "C" void __libc_free(void*);

extern "C" void* malloc(size_t size) { return guard::seen("malloc"), __libc_malloc(size); }
extern "C" void* calloc(size_t number, size_t size) { return guard::seen("calloc"), __libc_calloc(number, size); }
extern "C" void* realloc(void* memory, size_t size) { return guard::seen("realloc"), __libc_realloc(memory, size); }
extern "C" void free(void* memory)
{
    if (memory != nullptr) guard::seen("free");
    __libc_free(memory);
}

WATCH(int, pthread_mutex_lock, (pthread_mutex_t * mutex), mutex)
WATCH(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), lock)
WATCH(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), lock)
WATCH(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex), condition, mutex)
WATCH(int, pthread_cond_signal, (pthread_cond_t * condition), condition)
WATCH(int, pthread_cond_broadcast, (pthread_cond_t * condition), condition)
WATCH(int, pthread_create, (pthread_t * thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument), thread, attributes, start, argument)
WATCH(int, pthread_join, (pthread_t thread, void** result), thread, result)
WATCH(int, sem_wait, (sem_t * semaphore), semaphore)
WATCH(int, sem_post, (sem_t * semaphore), semaphore)
WATCH(ssize_t, read, (int fd, void* bytes, size_t size), fd, bytes, size)
WATCH(ssize_t, write, (int fd, const void* bytes, size_t size), fd, bytes, size)
WATCH(ssize_t, send, (int fd, const void* bytes, size_t size, int flags), fd, bytes, size, flags)
WATCH(ssize_t, recv, (int fd, void* bytes, size_t size, int flags), fd, bytes, size, flags)
WATCH(int, poll, (pollfd * list, nfds_t size, int timeout), list, size, timeout)
WATCH(int, nanosleep, (const timespec* time, timespec* rest), time, rest)
WATCH(int, clock_nanosleep, (clockid_t clock, int flags, const timespec* time, timespec* rest), clock, flags, time, rest)
WATCH(FILE*, fopen, (const char* path, const char* mode), path, mode)
WATCH(int, fputs, (const char* text, FILE* file), text, file)
WATCH(int, vfprintf, (FILE * file, const char* format, va_list list), file, format, list)
