// The plugin in a host of our own.
// Usage: HostHarness PLUGIN.clap MULTI.clap GOLDEN-STRIP-FOLDER STATE-V1-FILE [SUITE...]. Exit 1 when a check fails.
#include "Suites.hpp"
#include <cstring>

int main(int count, char** arguments)
{
    using namespace host;
    if (count < 5) return std::fprintf(stderr, "usage: HostHarness PLUGIN MULTI GOLDEN STATE [SUITE...]\n"), 2;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    setenv("SONIDESK_BRIDGE", "/nonexistent", 1); // never the app of whoever runs this
    const Options options = {arguments[1], arguments[2], arguments[3], arguments[4]};
    const Suite suites[] = {{"blocks", blocks}, {"strip", strip}, {"automation", automation}, {"stems", stems},
                            {"notes", notes},   {"capture", capture}, {"state", state},  {"instances", instances}};
    for (const Suite& suite : suites)
    {
        bool wanted = count == 5;
        for (int i = 5; i < count; ++i) wanted |= std::strcmp(arguments[i], suite.name) == 0;
        if (!wanted) continue;
        const int before = Checks::all().failed, passedBefore = Checks::all().passed;
        suite.run(options);
        std::printf("%-10s %5d passed, %d failed\n", suite.name, Checks::all().passed - passedBefore, Checks::all().failed - before);
    }
    std::printf("%d passed, %d failed\n", Checks::all().passed, Checks::all().failed);
    return Checks::all().failed > 0 || Checks::all().passed == 0;
}
