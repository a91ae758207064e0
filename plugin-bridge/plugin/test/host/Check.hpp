#pragma once
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace host {

/// Counts what held and what did not.
struct Checks
{
    int passed = 0, failed = 0;
    static Checks& all()
    {
        static Checks one;
        return one;
    }
};

inline bool check(bool good, const std::string& what)
{
    (good ? Checks::all().passed : Checks::all().failed)++;
    if (!good) std::printf("  failed: %s\n", what.c_str());
    return good;
}

/// Calls `step` until `done`; gives up after 60 s, long after a loaded machine would have got there.
template <class Done, class Step> bool until(Done done, Step step)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done())
    {
        if (std::chrono::steady_clock::now() > end) return false;
        step();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

template <class Done> bool until(Done done)
{
    return until(done, [] {});
}

/// What the command line chose.
struct Options
{
    std::string plugin, multi, golden, state;
};

struct Suite
{
    const char* name;
    std::function<void(const Options&)> run;
};

} // namespace host
