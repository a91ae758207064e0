// A thousand instances: made and removed, also in use; nothing is left behind.
#include "Suites.hpp"
#include <filesystem>
#include <fstream>

namespace host {

static size_t entries(const char* folder)
{
    size_t count = 0;
    for (auto& entry : std::filesystem::directory_iterator(folder)) (void)entry, ++count;
    return count;
}

static size_t residentKiB()
{
    std::ifstream status("/proc/self/statm");
    size_t total = 0, resident = 0;
    status >> total >> resident;
    return resident * 4;
}

/// Threads of the app end on their own time.
static bool back(size_t threads, size_t files)
{
    return until([&] { return entries("/proc/self/task") <= threads && entries("/proc/self/fd") <= files; });
}

void instances(const Options& options)
{
    const ClapLibrary library(options.plugin);
    const auto in = stereoNoise(256, 50);
    Song song;
    song.playing = true;
    {
        ClapInstance warm(library);
        warm.activate();
        warm.roll(song, 256, 64, &in);
    }
    const size_t threads = entries("/proc/self/task"), files = entries("/proc/self/fd"), memory = residentKiB();
    for (int i = 0; i < 1000; ++i) ClapInstance looked(library);
    check(back(threads, files), "1000 instances that hosts only look at");
    for (int i = 0; i < 1000; ++i)
    {
        ClapInstance used(library);
        used.activate();
        const auto heard = used.roll(song, 256, 64, &in);
        if (!check(sameBits(heard[0], in[0]), "an instance works")) return;
    }
    check(back(threads, files), "1000 instances, one after another");
    {
        FakeApp app;
        app.start();
        std::vector<std::unique_ptr<ClapInstance>> all;
        for (int i = 0; i < 200; ++i)
        {
            all.push_back(std::make_unique<ClapInstance>(library));
            all.back()->activate();
        }
        check(until([&] { return app.connections() == all.size(); }), "200 instances at once, connected");
        for (auto& one : all) one->roll(song, 256, 64, &in);
        check(until([&] {
                  for (size_t i = 0; i < all.size(); ++i)
                      if (app.heard(i).frames < 256) return false;
                  return true;
              }),
              "all heard");
        all.clear();
        check(until([&] { return app.heard(0).bye && app.heard(199).bye; }), "and all said goodbye");
    }
    check(back(threads, files), "nothing left of 200 connections");
    {
        std::vector<std::unique_ptr<ClapInstance>> all;
        for (int i = 0; i < 1000; ++i)
        {
            all.push_back(std::make_unique<ClapInstance>(library));
            all.back()->activate();
        }
        for (auto& one : all) one->roll(song, 256, 64, &in);
        std::printf("  1000 active instances: %zu threads, %.1f MiB each\n", entries("/proc/self/task") - threads,
                    double(residentKiB() - memory) / 1024 / 1000);
    }
    check(back(threads, files), "1000 at once");
    const size_t grown = residentKiB() - std::min(memory, residentKiB());
    check(grown < 200 * 1024, "memory comes back: " + std::to_string(grown) + " KiB more");
}

} // namespace host
