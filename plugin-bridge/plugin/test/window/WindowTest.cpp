// The plugin's window in a host of our own, under a display: what it shows, what pointer and keys change, what the host is told.
// Usage: WindowTest PLUGIN.clap [PICTURE.ppm]. Exit 1 when a check fails.
#include "../../source/core/Parameters.hpp"
#include "../host/Check.hpp"
#include "../host/ClapHost.hpp"
#include "../host/FakeApp.hpp"
#include "../host/Signals.hpp"
#include "VirtualScreen.hpp"
#include <cmath>

using namespace host;
using sonidesk::FrameType;

static constexpr unsigned width = 640, height = 320;
static constexpr uint32_t panel = 0x222731, text = 0xe8ebf0, accent = 0x4fb3a9, warm = 0xe09f4a, background = 0x171a21;

struct Place
{
    int x, y;
};
static constexpr Place connection = {618, 22}, firstFader = {144, 174}, firstMute = {123, 256}, stemsButton = {560, 64}, originalButton = {472, 64},
                       nameField = {200, 73}, moreSlots = {435, 66}, stripButton = {556, 288}, meter = {42, 262};

/// A song that goes on while one looks at the window, as in a host: audio on and on, timers now and then.
struct Desk
{
    VirtualScreen screen{width, height};
    ClapLibrary library;
    FakeApp app;
    ClapInstance one;
    Song song;
    ClapInstance::Audio audio = stereoNoise(480, 7);

    explicit Desk(const std::string& plugin) : library(plugin), one(library) { one.activate(); }

    template <class Done> bool until(Done done)
    {
        return host::until(done, [this] { step(); });
    }
    void step()
    {
        one.roll(song, 480, 480, &audio);
        one.idle();
    }
    bool shows(Place at, uint32_t colour)
    {
        return until([&] { return screen.pixel(at.x, at.y) == colour; });
    }
    void click(Place at)
    {
        screen.point(at.x, at.y);
        screen.button(1, true);
        screen.button(1, false);
    }
    /// The host was told of one gesture with a value in it.
    bool gesture(const char* symbol, double value)
    {
        const uint32_t id = one.parameterId(symbol);
        const bool told = until([&] { return !one.news.empty() && one.news.back().type == CLAP_EVENT_PARAM_GESTURE_END; });
        const auto& news = one.news;
        bool right = told && news.size() >= 3 && news.front().type == CLAP_EVENT_PARAM_GESTURE_BEGIN;
        for (size_t i = 0; i < news.size(); ++i)
            right &= news[i].id == id && (i == 0 || i + 1 == news.size() || news[i].type == CLAP_EVENT_PARAM_VALUE);
        right = right && std::abs(news[news.size() - 2].value - value) < 1e-6 && std::abs(one.get(symbol) - value) < 1e-6;
        one.news.clear();
        return right;
    }
};

static void opens(Desk& desk)
{
    const auto* gui = desk.one.extension<clap_plugin_gui_t>(CLAP_EXT_GUI);
    check(gui != nullptr && gui->is_api_supported(desk.one.plugin, CLAP_WINDOW_API_X11, false), "has a window for X11");
    if (gui == nullptr) return;
    check(gui->create(desk.one.plugin, CLAP_WINDOW_API_X11, false), "is made");
    uint32_t wide = 0, high = 0;
    check(gui->get_size(desk.one.plugin, &wide, &high) && wide == width && high == height, "has its size");
    clap_window_t parent{};
    parent.api = CLAP_WINDOW_API_X11;
    parent.x11 = desk.screen.id();
    check(gui->set_parent(desk.one.plugin, &parent) && gui->show(desk.one.plugin), "opens in the host's window");
    check(desk.shows({320, 6}, panel) && desk.shows({6, 310}, background), "is drawn");
}

static void closes(Desk& desk)
{
    const auto* gui = desk.one.extension<clap_plugin_gui_t>(CLAP_EXT_GUI);
    gui->hide(desk.one.plugin);
    gui->destroy(desk.one.plugin);
}

static void tells(Desk& desk)
{
    check(desk.shows(connection, warm), "shows that it looks for the app");
    desk.app.start();
    check(desk.shows(connection, accent), "shows the connection");
    const int unnamed = desk.screen.drawn(20, 60, 290, 26, panel);
    desk.app.send(FrameType::assign, {{"track", "t1"}, {"name", "Lead vocal"}, {"colour", "#12ab34"}});
    check(desk.until([&] { return desk.screen.drawn(20, 60, 290, 26, panel) != unnamed; }), "shows the track's name");
    check(desk.shows(meter, 0x9aa3b2), "the meter moves while stopped");
    desk.song.playing = true;
    check(desk.shows(meter, accent), "and shows that the track is captured");
    json stems = json::array();
    for (const char* name : {"vocals", "drums", "bass", "other"})
    {
        const std::string file = writeWav(desk.app.folder() + "/" + name + ".wav", stereoNoise(48000, 3));
        stems.push_back({{"stem", name}, {"file", file}, {"startFrame", 0}, {"gainDb", 0}});
    }
    desk.app.send(FrameType::stems, {{"stems", stems}});
    check(desk.shows(firstFader, text), "shows a fader for every stem");
    for (int i = 1; i < 4; ++i) check(desk.shows({firstFader.x + 64 * i, firstFader.y}, text), "fader " + std::to_string(i + 1));
}

static void pointer(Desk& desk)
{
    desk.one.news.clear();
    constexpr int lower = 222;
    desk.screen.point(firstFader.x, firstFader.y);
    desk.screen.button(1, true);
    for (int y = firstFader.y; y <= lower; y += 4)
    {
        desk.screen.point(firstFader.x, y);
        desk.step();
    }
    desk.screen.button(1, false);
    // As the scale has it: -60 dB at the bottom of 96 pixels, 0 dB at three quarters, square between.
    const double db = 60 * (std::sqrt((1 - (lower - 150) / 96.0) / 0.75) - 1);
    check(desk.gesture("stem1_fader", double(float(db))), "a drag moves the fader, as one gesture");
    check(desk.shows({firstFader.x, lower}, text), "and it is drawn there");
    check(desk.until([&] { return std::abs(desk.app.heard().parameters["stem1_fader"] - db) < 1e-3; }), "and the app hears of it");
    const auto press = [&](Place at, const char* symbol, double value, uint32_t colour) {
        desk.click(at);
        check(desk.gesture(symbol, value), std::string("a click sets ") + symbol + " to " + std::to_string(int(value)));
        desk.screen.point(320, 315);
        check(desk.shows(at, colour), std::string("and shows ") + symbol);
    };
    press(stemsButton, "play_stems", 1, accent);
    press(originalButton, "play_stems", 0, accent);
    press(firstMute, "stem1_mute", 1, warm);
    press(stripButton, "strip", 1, accent);
    press(moreSlots, "slot", 1, panel);
    check(desk.until([&] { return desk.app.heard().hello["slot"] == 1; }), "the app hears of the slot");
    desk.screen.point(firstFader.x + 64, firstFader.y);
    desk.screen.button(5, true);
    desk.screen.button(5, false);
    check(desk.gesture("stem2_fader", -1), "the wheel moves a fader by 1 dB");
}

static void keys(Desk& desk)
{
    desk.click(nameField);
    desk.until([&] { return desk.screen.pixel(300, 62) != panel; }); // the field is lit
    for (KeySym symbol : {KeySym(XK_BackSpace), KeySym(XK_BackSpace), KeySym(XK_x), KeySym(XK_2), KeySym(XK_Return)}) desk.screen.key(symbol);
    check(desk.until([&] { return desk.app.heard().hello["name"] == "Lead vocx2"; }), "a typed name reaches the app: " + desk.app.heard().hello["name"].dump());
}

int main(int count, char** arguments)
{
    if (count < 2) return std::fprintf(stderr, "usage: WindowTest PLUGIN.clap [PICTURE.ppm]\n"), 2;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    Desk desk(arguments[1]);
    if (!desk.screen.open()) return std::fprintf(stderr, "there is no display\n"), 2;
    opens(desk);
    if (Checks::all().failed == 0)
    {
        tells(desk);
        pointer(desk);
        if (count > 2) desk.screen.photograph(arguments[2], width, height);
        keys(desk);
        closes(desk);
        opens(desk);
        check(desk.shows(connection, accent), "opened again it shows the same");
        closes(desk);
    }
    std::printf("window: %d passed, %d failed\n", Checks::all().passed, Checks::all().failed);
    return Checks::all().failed > 0;
}
