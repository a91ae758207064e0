// The audio thread of the built plugin under watch: nothing it does may allocate, lock, wait, log or enter the kernel, while the
// track is captured, stems and notes play and are replaced, parameters move, the transport jumps, the app stalls, dies and returns.
// Usage: RealtimeTest PLUGIN.clap. Exit 1 on a violation.
#include "../../source/core/Parameters.hpp"
#include "../host/Check.hpp"
#include "../host/FakeApp.hpp"
#include "../host/Signals.hpp"
#include "Guard.hpp"
#include <cmath>
#include <sched.h>

using namespace host;
using sonidesk::FrameType;
namespace p = sonidesk::parameter;

/// Allocates and frees, which compilers leave out where they see through it.
static void allocate()
{
    void* volatile memory = std::malloc(1);
    std::free(memory);
}

/// A host whose own part does nothing but fill in numbers.
class AudioThread
{
public:
    AudioThread(const clap_plugin_t* plugin, const ClapInstance::Audio& input) : instance(plugin), in(input)
    {
        thread = std::thread([this] { run(); });
    }
    ~AudioThread()
    {
        quit = true;
        thread.join();
    }

    std::atomic<uint64_t> blocks{0}, notes{0};
    std::atomic<bool> kernelWatched{false};

private:
    void run()
    {
        allocate(); // the thread's own heap is there before the watch: the end of the thread needs it
        kernelWatched = guard::forbidSystemCalls();
        while (!quit)
        {
            block();
            sched_yield();
        }
    }

    void block() noexcept
    {
        static const uint32_t sizes[] = {128, 64, 1, 1024, 37, 512, 4096, 0};
        const uint32_t frames = sizes[blocks % 8];
        for (uint32_t i = 0; i < 3; ++i)
        {
            x = x * 1664525u + 1013904223u;
            const uint32_t id = (x >> 8) % p::count;
            const auto& range = p::descriptions()[id];
            // The switch stays on stems most of the time.
            const float value = id == p::monitor ? float(x >> 28 != 0) : range.minimum + (range.maximum - range.minimum) * float(x >> 16) / 65536;
            events[i] = {{sizeof events[i], frames * i / 3, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0}, id, nullptr, -1, -1, -1, -1, value};
        }
        if (x >> 24 == 7) frame = (x >> 4) % 1000000; // a locate
        const bool playing = (blocks / 500) % 8 != 7;
        transport.header = {sizeof transport, 0, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, 0};
        transport.flags = CLAP_TRANSPORT_HAS_TEMPO | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE | CLAP_TRANSPORT_HAS_BEATS_TIMELINE |
                          CLAP_TRANSPORT_HAS_TIME_SIGNATURE | (playing ? CLAP_TRANSPORT_IS_PLAYING : 0);
        transport.song_pos_seconds = clap_sectime(double(frame) / 48000 * double(CLAP_SECTIME_FACTOR) + 0.5);
        transport.tempo = 100 + double(x >> 28);
        transport.tsig_num = transport.tsig_denom = 4;
        const uint32_t at = uint32_t(blocks * 61 % (in[0].size() - 4096));
        const float* inputs[2] = {&in[0][at], &in[1][at]};
        float* outputs[2] = {left, right};
        clap_audio_buffer_t input{}, output{};
        input.data32 = const_cast<float**>(inputs);
        output.data32 = outputs;
        input.channel_count = output.channel_count = 2;
        const clap_input_events_t inEvents = {this, [](const clap_input_events_t*) { return uint32_t(3); },
                                              [](const clap_input_events_t* list, uint32_t i) -> const clap_event_header_t* {
                                                  return &static_cast<AudioThread*>(list->ctx)->events[i].header;
                                              }};
        const clap_output_events_t outEvents = {this, [](const clap_output_events_t* list, const clap_event_header_t* event) {
                                                    if (event->type == CLAP_EVENT_MIDI) ++static_cast<AudioThread*>(list->ctx)->notes;
                                                    return true;
                                                }};
        clap_process_t process{};
        process.steady_time = -1;
        process.frames_count = frames;
        process.transport = &transport;
        process.audio_inputs = &input;
        process.audio_outputs = &output;
        process.audio_inputs_count = process.audio_outputs_count = 1;
        process.in_events = &inEvents;
        process.out_events = &outEvents;
        guard::enter();
        instance->process(instance, &process);
        guard::leave();
        if (playing) frame += frames;
        ++blocks;
    }

    const clap_plugin_t* instance;
    const ClapInstance::Audio& in;
    clap_event_param_value_t events[3] = {};
    clap_event_transport_t transport{};
    float left[4096], right[4096];
    uint32_t x = 1;
    int64_t frame = 0;
    std::atomic<bool> quit{false};
    std::thread thread;
};

int main(int count, char** arguments)
{
    if (count != 2) return std::fprintf(stderr, "usage: RealtimeTest PLUGIN.clap\n"), 2;
    FakeApp app;
    app.positionsOnly = true;
    app.start();
    const auto audio = stereoNoise(480000, 1);
    const std::string first = writeWav(app.folder() + "/1.wav", audio), second = writeWav(app.folder() + "/2.wav", stereoNoise(900000, 2));
    const auto stems = [](std::initializer_list<std::string> files) {
        json list = json::array();
        for (const auto& file : files) list.push_back({{"stem", file}, {"file", file}, {"startFrame", 100}, {"gainDb", -1}});
        return json{{"stems", list}};
    };
    std::vector<sonidesk::NoteEvent> notes(3000);
    for (size_t i = 0; i < notes.size(); ++i)
    {
        notes[i].startFrame = int64_t(i) * 300;
        notes[i].endFrame = notes[i].startFrame + 5000;
        notes[i].pitch = uint8_t(i % 128);
        notes[i].velocity = 80;
    }
    const std::vector<uint8_t> noteBytes(reinterpret_cast<uint8_t*>(notes.data()), reinterpret_cast<uint8_t*>(notes.data() + notes.size()));
    const ClapLibrary library(arguments[1]);
    ClapInstance one(library);
    one.activate();
    {
        AudioThread thread(one.plugin, audio);
        check(until([&] { return app.connections() > 0; }), "connected");
        for (int round = 0; round < 12; ++round)
        {
            app.send(FrameType::stems, round % 3 == 2 ? stems({}) : round % 3 == 1 ? stems({first, second, first}) : stems({first, second}));
            app.sendBytes(FrameType::notes, noteBytes);
            app.send(FrameType::monitor, {{"source", round % 4 ? "stems" : "original"}});
            app.send(FrameType::parameters, {{"gain", -round}, {"eq2_db", round}});
            app.stuck = round % 4 == 3;
            if (round == 6) app.stop(false);
            const uint64_t goal = thread.blocks + 3000;
            check(until([&] { return thread.blocks >= goal; }), "blocks are processed");
            app.stuck = false;
            if (round == 6)
            {
                app.start();
                check(until([&] { return app.connections() > 0; }), "connected again");
            }
            app.forget();
        }
        check(thread.notes > 100, "notes were played");
        if (!thread.kernelWatched) std::printf("  skipped: the kernel does not let us watch system calls here\n");
        check(until([&] { return app.newestStatus().is_object(); }), "the status is told");
        std::printf("  %llu blocks, %llu MIDI events, %zu connections, status %s\n", (unsigned long long)thread.blocks.load(),
                    (unsigned long long)thread.notes.load(), app.connections(), app.newestStatus().dump().c_str());
    }
    check(guard::violations() == 0, std::to_string(guard::violations()) + " violations, the first by " + guard::first());
    // The watch itself works: a deliberate allocation is seen.
    guard::enter();
    allocate();
    guard::leave();
    check(guard::violations() >= 2, "the watch sees an allocation");
    std::printf("%d passed, %d failed\n", Checks::all().passed, Checks::all().failed);
    return Checks::all().failed > 0;
}
