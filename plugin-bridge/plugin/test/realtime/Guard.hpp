#pragma once

/// Watches the audio thread: calls that allocate, lock, wait or enter the kernel are counted while one is inside a guarded section.
namespace guard {

/// [audio-thread] Between these nothing of that kind may happen.
void enter() noexcept;
void leave() noexcept;

/// [audio-thread] From now on every system call of this thread but the end of it is a violation, whoever makes it (seccomp).
/// False where the kernel does not let us.
bool forbidSystemCalls() noexcept;

/// Violations so far, and the name of the first.
unsigned violations() noexcept;
const char* first() noexcept;

} // namespace guard
