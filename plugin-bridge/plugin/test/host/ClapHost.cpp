#include "ClapHost.hpp"
#include "../../source/clap/Extensions.hpp"
#include "../../source/core/Parameters.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

namespace host {

ClapLibrary::ClapLibrary(const std::string& path)
{
    library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
    {
        std::fprintf(stderr, "%s\n", dlerror());
        std::exit(2);
    }
    entry = static_cast<const clap_plugin_entry_t*>(dlsym(library, "clap_entry"));
    if (entry == nullptr || !entry->init(path.c_str())) std::exit(2);
    plugins = static_cast<const clap_plugin_factory_t*>(entry->get_factory(CLAP_PLUGIN_FACTORY_ID));
}

ClapLibrary::~ClapLibrary()
{
    entry->deinit();
    dlclose(library);
}

ClapInstance::ClapInstance(const ClapLibrary& library)
{
    self = {CLAP_VERSION_INIT, this, "SoniDesk host harness", "SoniDesk", "", "1",
            hostExtension, [](const clap_host_t*) {}, [](const clap_host_t*) {}, [](const clap_host_t*) {}};
    plugin = library.factory().create_plugin(&library.factory(), &self, library.descriptor().id);
    if (plugin == nullptr || !plugin->init(plugin)) std::exit(2);
    const auto* ports = extension<clap_plugin_audio_ports_t>(CLAP_EXT_AUDIO_PORTS);
    outputCount = 0;
    for (uint32_t i = 0; i < ports->count(plugin, false); ++i)
    {
        clap_audio_port_info_t info;
        ports->get(plugin, i, false, &info);
        outputCount += info.channel_count;
    }
}

/// What a host offers to windows.
const void* ClapInstance::hostExtension(const clap_host_t*, const char* id)
{
    static const clap_host_gui_t gui = {[](const clap_host_t*) {}, [](const clap_host_t*, uint32_t, uint32_t) { return true; },
                                        [](const clap_host_t*) { return true; }, [](const clap_host_t*) { return true; },
                                        [](const clap_host_t*, bool) {}};
    static const clap_host_timer_support_t timer = {
        [](const clap_host_t* host, uint32_t, clap_id* id) {
            auto& timers = static_cast<ClapInstance*>(host->host_data)->timers;
            *id = timers.empty() ? 1 : *timers.rbegin() + 1;
            return timers.insert(*id).second;
        },
        [](const clap_host_t* host, clap_id id) { return static_cast<ClapInstance*>(host->host_data)->timers.erase(id) == 1; }};
    if (std::strcmp(id, CLAP_EXT_GUI) == 0) return &gui;
    return std::strcmp(id, CLAP_EXT_TIMER_SUPPORT) == 0 ? &timer : nullptr;
}

void ClapInstance::idle() const
{
    for (const clap_id id : std::set<clap_id>(timers)) extension<clap_plugin_timer_support_t>(CLAP_EXT_TIMER_SUPPORT)->on_timer(plugin, id);
}

ClapInstance::~ClapInstance()
{
    if (active) deactivate();
    plugin->destroy(plugin);
}

void ClapInstance::activate(double sampleRate, uint32_t maxFrames)
{
    if (active) deactivate();
    rate = sampleRate;
    plugin->activate(plugin, sampleRate, 1, maxFrames);
    plugin->start_processing(plugin);
    active = true;
}

void ClapInstance::deactivate()
{
    plugin->stop_processing(plugin);
    plugin->deactivate(plugin);
    active = false;
}

void ClapInstance::process(const Song& song, const float* left, const float* right, uint32_t frames, const std::vector<ParameterEvent>& events)
{
    std::vector<clap_event_param_value_t> list;
    for (const auto& source : {pending, events})
        for (const ParameterEvent& event : source)
            list.push_back({{sizeof(clap_event_param_value_t), event.time, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0},
                            event.id, nullptr, -1, -1, -1, -1, event.value});
    pending.clear();
    const clap_input_events_t in = {&list, [](const clap_input_events_t* l) { return uint32_t(static_cast<decltype(list)*>(l->ctx)->size()); },
                                    [](const clap_input_events_t* l, uint32_t i) -> const clap_event_header_t* {
                                        return &(*static_cast<decltype(list)*>(l->ctx))[i].header;
                                    }};
    struct Sink
    {
        ClapInstance* instance;
        int64_t start;
    } sink = {this, song.frame};
    const clap_output_events_t outEvents = {&sink, [](const clap_output_events_t* l, const clap_event_header_t* event) {
                                                const Sink& to = *static_cast<Sink*>(l->ctx);
                                                if (event->type == CLAP_EVENT_MIDI)
                                                {
                                                    const auto* m = reinterpret_cast<const clap_event_midi_t*>(event);
                                                    to.instance->midi.push_back({to.start + event->time, m->data[0], m->data[1], m->data[2]});
                                                }
                                                if (event->type == CLAP_EVENT_PARAM_VALUE)
                                                {
                                                    const auto* p = reinterpret_cast<const clap_event_param_value_t*>(event);
                                                    to.instance->reported[p->param_id] = p->value;
                                                    to.instance->news.push_back({event->type, p->param_id, p->value});
                                                }
                                                if (event->type == CLAP_EVENT_PARAM_GESTURE_BEGIN || event->type == CLAP_EVENT_PARAM_GESTURE_END)
                                                {
                                                    const auto* g = reinterpret_cast<const clap_event_param_gesture_t*>(event);
                                                    to.instance->news.push_back({event->type, g->param_id, 0});
                                                }
                                                return true;
                                            }};
    out.resize(outputCount);
    std::vector<float*> outPointers;
    for (auto& channel : out)
    {
        channel.assign(frames + 1, -99.0f);
        outPointers.push_back(channel.data());
    }
    const float* inPointers[2] = {left, right};
    clap_audio_buffer_t input{};
    input.data32 = const_cast<float**>(inPointers);
    input.channel_count = 2;
    std::vector<clap_audio_buffer_t> outBuffers(outputCount / 2);
    for (uint32_t i = 0; i < outBuffers.size(); ++i)
    {
        outBuffers[i].data32 = &outPointers[2 * i];
        outBuffers[i].channel_count = 2;
    }
    clap_event_transport_t transport{};
    transport.header = {sizeof transport, 0, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, 0};
    transport.flags = CLAP_TRANSPORT_HAS_TEMPO | CLAP_TRANSPORT_HAS_BEATS_TIMELINE | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE |
                      CLAP_TRANSPORT_HAS_TIME_SIGNATURE | (song.playing ? CLAP_TRANSPORT_IS_PLAYING : 0) |
                      (song.looping ? CLAP_TRANSPORT_IS_LOOP_ACTIVE : 0);
    const double seconds = double(song.frame) / rate;
    transport.song_pos_seconds = clap_sectime(std::floor(seconds * double(CLAP_SECTIME_FACTOR)));
    transport.song_pos_beats = clap_beattime(std::floor(seconds * song.bpm / 60 * double(CLAP_BEATTIME_FACTOR)));
    transport.tempo = song.bpm;
    transport.tsig_num = transport.tsig_denom = 4;
    clap_process_t process{};
    process.steady_time = steady; // does not follow the song, as in real hosts
    process.frames_count = frames;
    process.transport = &transport;
    process.audio_inputs = &input;
    process.audio_inputs_count = 1;
    process.audio_outputs = outBuffers.data();
    process.audio_outputs_count = uint32_t(outBuffers.size());
    process.in_events = &in;
    process.out_events = &outEvents;
    plugin->process(plugin, &process);
    steady += frames;
    for (auto& channel : out) channel.resize(frames);
}

ClapInstance::Audio ClapInstance::roll(Song& song, uint32_t frames, uint32_t block, const Audio* in)
{
    Audio heard(outputCount);
    const std::vector<float> silence(block, 0.0f);
    for (uint32_t at = 0; at < frames;)
    {
        const uint32_t count = std::min(block, frames - at);
        const float* left = in ? (*in)[0].data() + at : silence.data();
        const float* right = in ? (*in)[1].data() + at : silence.data();
        process(song, left, right, count);
        for (uint32_t c = 0; c < outputCount; ++c) heard[c].insert(heard[c].end(), out[c].begin(), out[c].end());
        if (song.playing) song.frame += count;
        at += count;
    }
    return heard;
}

double ClapInstance::get(uint32_t id) const
{
    double value = NAN;
    extension<clap_plugin_params_t>(CLAP_EXT_PARAMS)->get_value(plugin, id, &value);
    return value;
}

uint32_t ClapInstance::parameterId(const char* symbol) const
{
    const uint32_t id = sonidesk::parameter::find(symbol);
    if (id == sonidesk::parameter::count) std::fprintf(stderr, "no parameter %s\n", symbol), std::exit(2);
    return id;
}

std::string ClapInstance::save(size_t piece) const
{
    struct Held
    {
        std::string bytes;
        size_t piece;
    } held = {{}, piece};
    const clap_ostream_t stream = {&held, [](const clap_ostream_t* s, const void* data, uint64_t size) {
                                       Held& to = *static_cast<Held*>(s->ctx);
                                       size = std::min<uint64_t>(size, to.piece);
                                       to.bytes.append(static_cast<const char*>(data), size);
                                       return int64_t(size);
                                   }};
    extension<clap_plugin_state_t>(CLAP_EXT_STATE)->save(plugin, &stream);
    return held.bytes;
}

bool ClapInstance::load(const std::string& state, size_t piece)
{
    struct Held
    {
        const std::string& bytes;
        size_t at, piece;
    } held = {state, 0, piece};
    const clap_istream_t stream = {&held, [](const clap_istream_t* s, void* data, uint64_t size) {
                                       Held& from = *static_cast<Held*>(s->ctx);
                                       size = std::min<uint64_t>({size, from.piece, from.bytes.size() - from.at});
                                       std::memcpy(data, from.bytes.data() + from.at, size);
                                       from.at += size;
                                       return int64_t(size);
                                   }};
    return extension<clap_plugin_state_t>(CLAP_EXT_STATE)->load(plugin, &stream);
}

void ClapInstance::renderOffline(bool offline)
{
    extension<sonidesk::clap::PluginRender>(sonidesk::clap::renderId)->set(plugin, offline ? sonidesk::clap::renderOffline : 0);
}

} // namespace host
