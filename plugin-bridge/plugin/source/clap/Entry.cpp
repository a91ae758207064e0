// The CLAP entry: DPF's wrapper (whose own entry is compiled as dpfClapEntry), with what it lacks in front of it. DPF 1.6
// - takes steady_time, which does not follow locates and loops, for the song position: the seconds timeline has it to the sample;
// - applies all parameter events at the start of a block: blocks are cut at the events;
// - writes out of bounds for unknown parameter ids, and logs on the audio thread for gestures: such events are not passed on;
// - goes wrong when a host takes the state in pieces: it is gathered first;
// - does not report values that the plugin changed, offline rendering and track names.
#include "../plugin/SoniDeskPlugin.hpp"
#include "Extensions.hpp"
#include "src/clap/entry.h"
#include "src/clap/ext/latency.h"
#include "src/clap/ext/params.h"
#include "src/clap/ext/state.h"
#include "src/clap/plugin-factory.h"
#include <atomic>
#include <cmath>
#include <cstring>
#include <string>

extern "C" const clap_plugin_entry_t dpfClapEntry;

namespace sonidesk::clap {

using DISTRHO_NAMESPACE::SoniDeskPlugin;
constexpr uint32_t maxChannels = 16;

/// What the host holds. DPF's functions find their own object in `plugin_data`, ours find this by the address.
struct Instance
{
    clap_plugin_t plugin;
    const clap_plugin_t* inner;
    const clap_host_t* host;
    SoniDeskPlugin* ours;
    double rate;
    std::atomic<bool> offline;
    int64_t expected; // audio thread: where the timeline goes on
};

static Instance& of(const clap_plugin_t* plugin) { return *reinterpret_cast<Instance*>(const_cast<clap_plugin_t*>(plugin)); }

/// The events [from, to) of a list; those that DPF must not see look like ends of notes, which it passes over.
struct EventRange
{
    clap_input_events_t list;
    const clap_input_events_t* all;
    uint32_t from, to;

    EventRange(const clap_input_events_t* whole, uint32_t first, uint32_t last) : list{this, size, get}, all(whole), from(first), to(last) {}

private:
    static uint32_t size(const clap_input_events_t* list)
    {
        const auto& self = *static_cast<const EventRange*>(list->ctx);
        return self.to - self.from;
    }

    static const clap_event_header_t* get(const clap_input_events_t* list, uint32_t index)
    {
        static const clap_event_header_t nothing = {sizeof(clap_event_header_t), 0, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_NOTE_END, 0};
        const auto& self = *static_cast<const EventRange*>(list->ctx);
        const clap_event_header_t* event = self.all->get(self.all, self.from + index);
        if (event == nullptr || event->space_id != CLAP_CORE_EVENT_SPACE_ID || event->type != CLAP_EVENT_PARAM_VALUE ||
            event->size != sizeof(clap_event_param_value_t))
            return &nothing;
        return reinterpret_cast<const clap_event_param_value_t*>(event)->param_id < parameter::count ? event : &nothing;
    }
};

/// Passes events of a part of the block on to the host, in the block's time.
struct ShiftedOutput
{
    clap_output_events_t list;
    const clap_output_events_t* host;
    uint32_t offset;

    ShiftedOutput(const clap_output_events_t* to, uint32_t by) : list{this, push}, host(to), offset(by) {}

private:
    static bool push(const clap_output_events_t* list, const clap_event_header_t* event)
    {
        const auto& self = *static_cast<const ShiftedOutput*>(list->ctx);
        alignas(8) unsigned char copy[64];
        if (self.host == nullptr || event->size > sizeof copy) return false;
        std::memcpy(copy, event, event->size);
        auto* shifted = reinterpret_cast<clap_event_header_t*>(copy);
        shifted->time += self.offset;
        return self.host->try_push(self.host, shifted);
    }
};

/// The song position in frames; false when the host does not say.
static bool songFrame(Instance& self, const clap_event_transport_t* transport, int64_t& frame)
{
    if (transport == nullptr || (transport->flags & CLAP_TRANSPORT_HAS_SECONDS_TIMELINE) == 0) return false;
    const clap_sectime at = transport->song_pos_seconds;
    const double rest = double(at & (CLAP_SECTIME_FACTOR - 1)) / double(CLAP_SECTIME_FACTOR);
    frame = std::llround(double(at >> 31) * self.rate + rest * self.rate);
    // Hosts that think in beats round to either side.
    if (std::abs(frame - self.expected) == 1) frame = self.expected;
    return true;
}

static void tellChanges(Instance& self, const clap_output_events_t* out, uint32_t time)
{
    const uint64_t changed = self.ours->hostBlock.changedByApp;
    self.ours->hostBlock.changedByApp = 0;
    if (changed == 0 || out == nullptr) return;
    clap_event_param_value_t event = {{sizeof event, time, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0}, 0, nullptr, -1, -1, -1, -1, 0};
    for (uint32_t i = 0; i < parameter::count; ++i)
    {
        if ((changed >> i & 1) == 0) continue;
        event.param_id = i;
        event.value = double(self.ours->core.parameters[i]);
        out->try_push(out, &event.header);
    }
}

static clap_process_status processPart(Instance& self, const clap_process_t& whole, uint32_t offset, uint32_t frames, EventRange& events)
{
    float *in[maxChannels], *out[maxChannels];
    clap_audio_buffer_t inputs[2], outputs[8];
    const auto shift = [&](const clap_audio_buffer_t* from, uint32_t count, clap_audio_buffer_t* to, uint32_t most, float** pointers) {
        uint32_t used = 0;
        for (uint32_t i = 0; i < std::min(count, most); ++i)
        {
            to[i] = from[i];
            to[i].data32 = pointers + used;
            for (uint32_t c = 0; c < from[i].channel_count && used < maxChannels; ++c) pointers[used++] = from[i].data32[c] + offset;
        }
    };
    clap_process_t part = whole;
    shift(whole.audio_inputs, whole.audio_inputs_count, inputs, 2, in);
    shift(whole.audio_outputs, whole.audio_outputs_count, outputs, 8, out);
    ShiftedOutput output(whole.out_events, offset);
    part.audio_inputs = inputs;
    part.audio_outputs = outputs;
    part.frames_count = frames;
    part.in_events = &events.list;
    part.out_events = &output.list;
    const clap_process_status status = self.inner->process(self.inner, &part);
    tellChanges(self, &output.list, frames > 0 ? frames - 1 : 0);
    return status;
}

static clap_process_status process(const clap_plugin_t* plugin, const clap_process_t* whole)
{
    Instance& self = of(plugin);
    auto& block = self.ours->hostBlock;
    int64_t start = 0;
    block.known = songFrame(self, whole->transport, start);
    block.offline = self.offline.load(std::memory_order_relaxed);
    block.looping = whole->transport != nullptr && (whole->transport->flags & CLAP_TRANSPORT_IS_LOOP_ACTIVE) != 0;
    const clap_input_events_t* events = whole->in_events;
    const uint32_t count = events != nullptr ? events->size(events) : 0;
    const auto timeOf = [&](uint32_t index) { return events->get(events, index)->time; };
    clap_process_status status = CLAP_PROCESS_CONTINUE;
    uint32_t offset = 0, taken = 0;
    do
    {
        uint32_t last = taken;
        while (last < count && timeOf(last) <= offset) ++last;
        const uint32_t end = last < count ? std::min(timeOf(last), whole->frames_count) : whole->frames_count;
        if (end == whole->frames_count) last = count;
        EventRange range(events, taken, last);
        block.frame = start + offset;
        status = processPart(self, *whole, offset, end - offset, range);
        offset = end;
        taken = last;
    } while (offset < whole->frames_count && status != CLAP_PROCESS_ERROR);
    const bool moves = whole->transport != nullptr && (whole->transport->flags & CLAP_TRANSPORT_IS_PLAYING) != 0;
    self.expected = start + (moves ? whole->frames_count : 0);
    return status;
}

static bool activate(const clap_plugin_t* plugin, double rate, uint32_t least, uint32_t most)
{
    Instance& self = of(plugin);
    self.rate = rate;
    return self.inner->activate(self.inner, rate, least, most);
}

// Extensions.

static void flush(const clap_plugin_t* plugin, const clap_input_events_t* in, const clap_output_events_t* out)
{
    Instance& self = of(plugin);
    EventRange range(in, 0, in != nullptr ? in->size(in) : 0);
    const auto* params = static_cast<const clap_plugin_params_t*>(self.inner->get_extension(self.inner, CLAP_EXT_PARAMS));
    params->flush(self.inner, &range.list, out);
    self.ours->hostBlock.changedByApp |= self.ours->core.parameters.takeForHost();
    tellChanges(self, out, 0);
}

static const clap_plugin_params_t* params(const clap_plugin_t* inner)
{
    static const clap_plugin_params_t ours = [](clap_plugin_params_t made) {
        made.flush = flush;
        return made;
    }(*static_cast<const clap_plugin_params_t*>(inner->get_extension(inner, CLAP_EXT_PARAMS)));
    return &ours;
}

static const clap_plugin_state_t& innerState(const Instance& self)
{
    return *static_cast<const clap_plugin_state_t*>(self.inner->get_extension(self.inner, CLAP_EXT_STATE));
}

static bool save(const clap_plugin_t* plugin, const clap_ostream_t* to)
{
    std::string bytes;
    const clap_ostream_t gather = {&bytes, [](const clap_ostream_t* stream, const void* data, uint64_t size) {
                                       static_cast<std::string*>(stream->ctx)->append(static_cast<const char*>(data), size);
                                       return int64_t(size);
                                   }};
    const Instance& self = of(plugin);
    if (!innerState(self).save(self.inner, &gather)) return false;
    for (size_t at = 0; at < bytes.size();)
    {
        const int64_t wrote = to->write(to, bytes.data() + at, bytes.size() - at);
        if (wrote <= 0) return false;
        at += size_t(wrote);
    }
    return true;
}

static bool load(const clap_plugin_t* plugin, const clap_istream_t* from)
{
    constexpr size_t longest = size_t(64) << 20;
    struct Held
    {
        std::string bytes;
        size_t at = 0;
    } held;
    char piece[4096];
    for (int64_t got; (got = from->read(from, piece, sizeof piece)) != 0;)
    {
        if (got < 0 || held.bytes.size() > longest) return false;
        held.bytes.append(piece, size_t(got));
    }
    const clap_istream_t give = {&held, [](const clap_istream_t* stream, void* data, uint64_t size) {
                                     Held& rest = *static_cast<Held*>(stream->ctx);
                                     const size_t count = std::min<size_t>(size, rest.bytes.size() - rest.at);
                                     std::memcpy(data, rest.bytes.data() + rest.at, count);
                                     rest.at += count;
                                     return int64_t(count);
                                 }};
    const Instance& self = of(plugin);
    return innerState(self).load(self.inner, &give);
}

static bool setRender(const clap_plugin_t* plugin, int32_t mode)
{
    of(plugin).offline = mode == renderOffline;
    return true;
}

static void trackChanged(const clap_plugin_t* plugin)
{
    Instance& self = of(plugin);
    for (const char* id : trackInfoIds)
    {
        const auto* host = static_cast<const HostTrackInfo*>(self.host->get_extension(self.host, id));
        TrackInfo info{};
        if (host == nullptr || host->get == nullptr || !host->get(self.host, &info)) continue;
        info.name[sizeof info.name - 1] = '\0';
        if (info.flags & hasTrackName) self.ours->core.trackIs(info.name);
        return;
    }
}

static const void* extension(const clap_plugin_t* plugin, const char* id)
{
    static const clap_plugin_state_t state = {save, load};
    static const clap_plugin_latency_t latency = {[](const clap_plugin_t*) { return uint32_t(0); }};
    static const PluginRender render = {[](const clap_plugin_t*) { return false; }, setRender};
    static const PluginTrackInfo trackInfo = {trackChanged};
    const Instance& self = of(plugin);
    if (std::strcmp(id, CLAP_EXT_STATE) == 0) return &state;
    if (std::strcmp(id, CLAP_EXT_LATENCY) == 0) return &latency;
    if (std::strcmp(id, CLAP_EXT_PARAMS) == 0) return params(self.inner);
    if (std::strcmp(id, renderId) == 0) return &render;
    for (const char* trackInfoId : trackInfoIds)
        if (std::strcmp(id, trackInfoId) == 0) return &trackInfo;
    return self.inner->get_extension(self.inner, id);
}

static bool init(const clap_plugin_t* plugin)
{
    Instance& self = of(plugin);
    if (!self.inner->init(self.inner)) return false;
    self.ours->core.hostIs(self.host->name != nullptr ? self.host->name : "");
    trackChanged(plugin);
    return true;
}

static void destroy(const clap_plugin_t* plugin)
{
    Instance& self = of(plugin);
    self.inner->destroy(self.inner);
    delete &self;
}

static const clap_plugin_factory_t& innerFactory()
{
    return *static_cast<const clap_plugin_factory_t*>(dpfClapEntry.get_factory(CLAP_PLUGIN_FACTORY_ID));
}

static const clap_plugin_t* create(const clap_plugin_factory_t*, const clap_host_t* host, const char* id)
{
    const clap_plugin_descriptor_t* known = innerFactory().get_plugin_descriptor(&innerFactory(), 0);
    if (id == nullptr || std::strcmp(id, known->id) != 0) return nullptr;
    const clap_plugin_t* inner = innerFactory().create_plugin(&innerFactory(), host, id);
    if (inner == nullptr) return nullptr;
    auto* made = new Instance{*inner, inner, host, SoniDeskPlugin::newest(), 48000, {false}, INT64_MIN / 2};
    made->plugin.init = init;
    made->plugin.destroy = destroy;
    made->plugin.activate = activate;
    made->plugin.process = process;
    made->plugin.get_extension = extension;
    return &made->plugin;
}

static const void* factory(const char* id)
{
    static const clap_plugin_factory_t ours = {
        [](const clap_plugin_factory_t*) { return uint32_t(1); },
        [](const clap_plugin_factory_t*, uint32_t index) { return innerFactory().get_plugin_descriptor(&innerFactory(), index); }, create};
    return std::strcmp(id, CLAP_PLUGIN_FACTORY_ID) == 0 ? &ours : nullptr;
}

} // namespace sonidesk::clap

DISTRHO_PLUGIN_EXPORT
const clap_plugin_entry_t clap_entry = {CLAP_VERSION_INIT, [](const char* path) { return dpfClapEntry.init(path); },
                                        [] { dpfClapEntry.deinit(); }, sonidesk::clap::factory};
