#pragma once
#include "src/clap/entry.h"
#include "src/clap/ext/audio-ports.h"
#include "src/clap/ext/gui.h"
#include "src/clap/ext/latency.h"
#include "src/clap/ext/params.h"
#include "src/clap/ext/state.h"
#include "src/clap/ext/timer-support.h"
#include "src/clap/plugin-factory.h"
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace host {

/// A CLAP binary, loaded as a host does.
class ClapLibrary
{
public:
    explicit ClapLibrary(const std::string& path);
    ~ClapLibrary();
    ClapLibrary(const ClapLibrary&) = delete;
    ClapLibrary& operator=(const ClapLibrary&) = delete;

    const clap_plugin_factory_t& factory() const { return *plugins; }
    const clap_plugin_descriptor_t& descriptor() const { return *plugins->get_plugin_descriptor(plugins, 0); }

private:
    void* library;
    const clap_plugin_entry_t* entry;
    const clap_plugin_factory_t* plugins;
};

/// The song position in frames while rolling, as a host would report it.
struct Song
{
    bool playing = false, looping = false;
    int64_t frame = 0;
    double bpm = 120;
};

struct ParameterEvent
{
    uint32_t time, id;
    double value;
};

struct MidiEvent
{
    int64_t frame; // on the song's timeline
    uint8_t status, pitch, velocity;
    bool operator==(const MidiEvent& o) const { return frame == o.frame && status == o.status && pitch == o.pitch && velocity == o.velocity; }
};

/// What a host writes into its automation: a value, or that the user takes hold of a parameter or lets it go.
struct ParameterNews
{
    uint16_t type; // CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_PARAM_GESTURE_BEGIN or CLAP_EVENT_PARAM_GESTURE_END
    uint32_t id;
    double value;
};

/// One plugin instance.
class ClapInstance
{
public:
    explicit ClapInstance(const ClapLibrary& library);
    ~ClapInstance();
    ClapInstance(const ClapInstance&) = delete;
    ClapInstance& operator=(const ClapInstance&) = delete;

    void activate(double sampleRate = 48000, uint32_t maxFrames = 8192);
    void deactivate();

    uint32_t outputs() const { return outputCount; }

    /// Runs one block; audio of `channels()` outputs is in `out`. `events` take effect in it. Moves nothing on: see roll().
    void process(const Song& song, const float* left, const float* right, uint32_t frames, const std::vector<ParameterEvent>& events = {});
    /// Runs `frames` of silence (or `in`) from `song` on in blocks of `block`; the song moves on when it plays. Output is appended to `heard`.
    using Audio = std::vector<std::vector<float>>;
    Audio roll(Song& song, uint32_t frames, uint32_t block, const Audio* in = nullptr);

    void set(uint32_t id, double value) { pending.push_back({0, id, value}); }
    double get(uint32_t id) const;
    uint32_t parameterId(const char* symbol) const;
    void set(const char* symbol, double value) { set(parameterId(symbol), value); }
    double get(const char* symbol) const { return get(parameterId(symbol)); }

    /// Through streams that move at most `piece` bytes at a time.
    std::string save(size_t piece = 100000) const;
    bool load(const std::string& state, size_t piece = 100000);

    template <class T> const T* extension(const char* id) const { return static_cast<const T*>(plugin->get_extension(plugin, id)); }

    const clap_plugin_t* plugin;
    std::vector<std::vector<float>> out;
    std::vector<MidiEvent> midi;
    /// Parameter values that the plugin reported.
    std::map<uint32_t, double> reported;
    /// Values and gestures in their order.
    std::vector<ParameterNews> news;
    /// Calls the timers that the plugin's window has asked for. [main-thread]
    void idle() const;
    /// Offline rendering, as the render extension has it.
    void renderOffline(bool offline);

private:
    static const void* hostExtension(const clap_host_t* host, const char* id);

    clap_host_t self;
    std::set<clap_id> timers;
    uint32_t outputCount = 2;
    double rate = 48000;
    int64_t steady = 0;
    bool active = false;
    std::vector<ParameterEvent> pending;
};

} // namespace host
