#pragma once
#include <string>
#if defined(_WIN32)
#include <windows.h>
#elif defined(__APPLE__)
#include <cstdlib>
#else
#include <errno.h>
#endif

namespace sonidesk {

/// The name of the program that loaded the plugin, for hosts that do not say who they are.
inline std::string programName()
{
#if defined(_WIN32)
    char path[MAX_PATH] = {};
    GetModuleFileNameA(nullptr, path, MAX_PATH - 1);
    const std::string whole(path);
    const size_t slash = whole.find_last_of('\\');
    return whole.substr(slash == std::string::npos ? 0 : slash + 1);
#elif defined(__APPLE__)
    return getprogname();
#else
    return program_invocation_short_name;
#endif
}

} // namespace sonidesk
