// Notes as MIDI: on their frame, none hanging.
#include "Suites.hpp"
#include <algorithm>
#include <random>

namespace host {

using sonidesk::FrameType;
using sonidesk::NoteEvent;

static NoteEvent note(int64_t start, int64_t end, uint8_t pitch, uint8_t channel = 0)
{
    NoteEvent made;
    made.startFrame = start;
    made.endFrame = end;
    made.pitch = pitch;
    made.channel = channel;
    made.velocity = 100;
    return made;
}

static void give(FakeApp& app, const std::vector<NoteEvent>& notes, size_t piece = 1 << 20)
{
    const auto* bytes = reinterpret_cast<const uint8_t*>(notes.data());
    const size_t size = notes.size() * sizeof(NoteEvent);
    size_t at = 0;
    do
    {
        const size_t count = std::min(piece, size - at);
        app.sendBytes(FrameType::notes, {bytes + at, bytes + at + count}, at + count < size ? sonidesk::moreFollows : 0);
        at += count;
    } while (at < size);
}

/// Rolls until the instance plays `first` at frame 0, which only the newest list has.
static bool arrived(ClapInstance& one, uint8_t first)
{
    return until([&] {
        one.midi.clear();
        Song song;
        song.playing = true;
        one.roll(song, 64, 64);
        song.playing = false;
        song.frame = 0;
        const bool there = !one.midi.empty() && one.midi[0].pitch == first;
        one.roll(song, 64, 64);
        return there;
    });
}

static std::vector<MidiEvent> sorted(std::vector<MidiEvent> events)
{
    std::sort(events.begin(), events.end(), [](const MidiEvent& a, const MidiEvent& b) {
        return std::tie(a.frame, a.status, a.pitch) < std::tie(b.frame, b.status, b.pitch);
    });
    return events;
}

static void accurate(ClapInstance& one, FakeApp& app)
{
    std::mt19937 random(5);
    std::vector<NoteEvent> list = {note(0, 32, 1)};
    std::vector<MidiEvent> expected = {{0, 0x90, 1, 100}, {32, 0x80, 1, 0}};
    for (int i = 0; i < 600; ++i)
    {
        // One pitch and channel after another, so that no two notes overlap on one key.
        const int64_t start = 100 + 160 * i + random() % 100, end = start + 1 + random() % 20000;
        list.push_back(note(start, end, uint8_t(2 + i % 126), uint8_t(i / 126)));
        expected.push_back({start, uint8_t(0x90 | i / 126), uint8_t(2 + i % 126), 100});
        expected.push_back({end, uint8_t(0x80 | i / 126), uint8_t(2 + i % 126), 0});
    }
    give(app, list, 1000); // in many frames that belong together
    check(arrived(one, 1), "notes arrive");
    for (uint32_t block : {1u, 64u, 100u, 1024u, 1500u, 8192u})
    {
        one.midi.clear();
        Song song;
        song.playing = true;
        one.roll(song, 130000, block);
        check(sorted(one.midi) == sorted(expected), "notes to the sample in blocks of " + std::to_string(block));
        check(std::is_sorted(one.midi.begin(), one.midi.end(), [](auto& a, auto& b) { return a.frame < b.frame; }), "in time order");
        song.playing = false;
        one.roll(song, 64, 64);
    }
}

static bool allEnded(const std::vector<MidiEvent>& events)
{
    int sounding[16][128] = {};
    for (const MidiEvent& event : events) sounding[event.status & 15][event.pitch] += (event.status & 0xf0) == 0x90 ? 1 : -1;
    return std::all_of(&sounding[0][0], &sounding[0][0] + 16 * 128, [](int count) { return count == 0; });
}

static void endings(ClapInstance& one, FakeApp& app)
{
    std::vector<NoteEvent> list;
    for (int i = 0; i < 40; ++i) list.push_back(note(0, 1000000, uint8_t(30 + i)));
    give(app, list);
    check(arrived(one, 30), "long notes arrive");
    const auto sound = [&](Song& song) {
        song.playing = true;
        song.frame = 0;
        one.midi.clear();
        one.roll(song, 1000, 100);
        check(one.midi.size() == 40, "long notes sound");
    };
    Song song;
    sound(song);
    song.playing = false;
    one.roll(song, 100, 100);
    check(allEnded(one.midi), "a stop ends them");
    sound(song);
    song.frame = 500000;
    one.roll(song, 100, 100);
    check(allEnded(one.midi), "a jump ends them");
    song.playing = false;
    one.roll(song, 100, 100);
    sound(song);
    give(app, {});
    check(until([&] { one.roll(song, 100, 100); return allEnded(one.midi); }), "a new list ends them");
}

void notes(const Options& options)
{
    const ClapLibrary library(options.plugin);
    FakeApp app;
    app.start();
    ClapInstance one(library);
    connect(one, app);
    accurate(one, app);
    endings(one, app);
}

} // namespace host
