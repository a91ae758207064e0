#pragma once
// CLAP extensions that DPF's headers lack, laid out as in the CLAP 1.2 headers (render.h, track-info.h).
#include "src/clap/plugin.h"
#include "src/clap/string-sizes.h"

namespace sonidesk::clap {

constexpr const char* renderId = "clap.render";
constexpr int32_t renderOffline = 1;

struct PluginRender
{
    bool (*hasHardRealtimeRequirement)(const clap_plugin_t*); // [main-thread]
    bool (*set)(const clap_plugin_t*, int32_t mode);          // [main-thread]
};

constexpr const char* trackInfoIds[] = {"clap.track-info/1", "clap.track-info.draft/1"};
constexpr uint64_t hasTrackName = 1;

struct TrackInfo
{
    uint64_t flags;
    char name[CLAP_NAME_SIZE];
    struct
    {
        uint8_t alpha, red, green, blue;
    } colour;
    int32_t channelCount;
    const char* portType;
};

struct HostTrackInfo
{
    bool (*get)(const clap_host_t*, TrackInfo*); // [main-thread]
};

struct PluginTrackInfo
{
    void (*changed)(const clap_plugin_t*); // [main-thread]
};

} // namespace sonidesk::clap
