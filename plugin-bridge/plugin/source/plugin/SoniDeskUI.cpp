#include "DistrhoUI.hpp"
#include "SoniDeskPlugin.hpp"
#include <algorithm>
#include <cmath>

START_NAMESPACE_DISTRHO

using namespace sonidesk;

/// The window: who this instance is, what goes to the app, what is heard. It reads the instance directly (same process).
class SoniDeskUI : public UI
{
public:
    static constexpr uint width = 640, height = 320;

    SoniDeskUI() : UI(width, height), plugin(static_cast<SoniDeskPlugin*>(getPluginInstancePointer()))
    {
        loadSharedResources();
        setGeometryConstraints(width, height, true, true);
        for (uint32_t i = 0; i < parameter::count; ++i) values[i] = parameter::descriptions()[i].initial;
        if (plugin != nullptr)
            for (uint32_t i = 0; i < parameter::count; ++i) values[i] = plugin->core.parameters[i];
    }

protected:
    void parameterChanged(uint32_t index, float value) override
    {
        if (index < parameter::count) values[index] = value;
        repaint();
    }

    void stateChanged(const char*, const char*) override { repaint(); }

    void uiIdle() override
    {
        if (plugin == nullptr) return;
        const float before[2] = {view.peak[0], view.peak[1]};
        view = plugin->core.view();
        for (int channel = 0; channel < 2; ++channel) view.peak[channel] = std::max(view.peak[channel], before[channel] * 0.85f);
        for (uint32_t i = 0; i < parameter::count; ++i)
            if (!dragging) values[i] = plugin->core.parameters[i];
        repaint();
    }

    void onNanoDisplay() override
    {
        scale(float(getWidth()) / width, float(getHeight()) / height);
        box(0, 0, width, height, 0, background);
        header();
        identity();
        meters();
        switches();
        if (view.stems.empty())
        {
            box(facesLeft + 2, 104, 8 * faceWidth - 2, 174, 5, panel);
            words(facesLeft + 4 * faceWidth, 192, 14, faint, "No stems yet: split this track in SoniDesk.", ALIGN_CENTER);
        }
        else
            for (uint32_t i = 0; i < parameter::stems; ++i) strip(i);
    }

    bool onMouse(const MouseEvent& event) override
    {
        const Point at = place(event.pos.getX(), event.pos.getY());
        if (event.button != 1) return false;
        if (!event.press)
        {
            if (dragging) editParameter(dragged, false);
            dragging = false;
            return true;
        }
        editing = inside(at, nameBox);
        if (editing)
        {
            typed = view.name;
            getWindow().focus();
        }
        if (inside(at, originalBox) || inside(at, stemsBox)) edit(parameter::monitor, inside(at, stemsBox) ? 1 : 0);
        if (inside(at, stripBox)) edit(parameter::stripOn, values[parameter::stripOn] < 0.5f ? 1 : 0);
        if (inside(at, slotLess)) edit(parameter::slot, std::max(0.0f, values[parameter::slot] - 1));
        if (inside(at, slotMore)) edit(parameter::slot, std::min(64.0f, values[parameter::slot] + 1));
        for (uint32_t i = 0; i < view.stems.size(); ++i)
        {
            const uint32_t first = parameter::stemFirst + 3 * i;
            if (inside(at, muteBox(i))) edit(first + 1, values[first + 1] < 0.5f ? 1 : 0);
            if (inside(at, soloBox(i))) edit(first + 2, values[first + 2] < 0.5f ? 1 : 0);
            if (!inside(at, faderBox(i))) continue;
            dragging = true;
            dragged = first;
            editParameter(first, true);
            drag(at);
        }
        repaint();
        return true;
    }

    bool onMotion(const MotionEvent& event) override
    {
        if (!dragging) return false;
        drag(place(event.pos.getX(), event.pos.getY()));
        return true;
    }

    bool onScroll(const ScrollEvent& event) override
    {
        const Point at = place(event.pos.getX(), event.pos.getY());
        for (uint32_t i = 0; i < view.stems.size(); ++i)
        {
            if (!inside(at, faderBox(i)) || dragging) continue;
            const uint32_t first = parameter::stemFirst + 3 * i;
            edit(first, std::min(12.0f, std::max(-60.0f, std::round(values[first]) + float(event.delta.getY()))));
            return true;
        }
        return false;
    }

    bool onKeyboard(const KeyboardEvent& event) override
    {
        constexpr uint enter = 0x0d;
        if (!editing || !event.press) return false;
        if (event.key == kKeyBackspace)
            while (!typed.empty() && (uint8_t(typed.back()) & 0xc0) == 0x80) typed.pop_back();
        if (event.key == kKeyBackspace && !typed.empty()) typed.pop_back();
        if (event.key == enter || event.key == kKeyEscape)
        {
            if (event.key == enter) setState("name", typed.c_str());
            editing = false;
        }
        repaint();
        return true;
    }

    bool onCharacterInput(const CharacterInputEvent& event) override
    {
        if (!editing || uint8_t(event.string[0]) < 0x20 || uint8_t(event.string[0]) == 0x7f) return false;
        if (typed.size() < 190) typed += event.string;
        repaint();
        return true;
    }

private:
    struct Point
    {
        float x, y;
    };
    struct Box
    {
        float x, y, w, h;
    };

    static constexpr float facesLeft = 112, faceWidth = 64, faderTop = 150, faderHeight = 96;
    static constexpr Box nameBox = {16, 58, 300, 30}, slotLess = {358, 58, 26, 30}, slotMore = {422, 58, 26, 30}, originalBox = {466, 58, 80, 30},
                         stemsBox = {546, 58, 78, 30}, stripBox = {546, 284, 78, 24};

    const DGL_NAMESPACE::Color background{0x17, 0x1a, 0x21}, panel{0x22, 0x27, 0x31}, line{0x3a, 0x41, 0x4f}, text{0xe8, 0xeb, 0xf0}, faint{0x9a, 0xa3, 0xb2},
        accent{0x4f, 0xb3, 0xa9}, warm{0xe0, 0x9f, 0x4a}, red{0xdc, 0x5b, 0x5b};

    Point place(double x, double y) const { return {float(x * width / getWidth()), float(y * height / getHeight())}; }
    static bool inside(Point at, Box box) { return at.x >= box.x && at.x < box.x + box.w && at.y >= box.y && at.y < box.y + box.h; }
    static Box faderBox(uint32_t i) { return {facesLeft + faceWidth * i + 14, faderTop - 6, 36, faderHeight + 12}; }
    static Box muteBox(uint32_t i) { return {facesLeft + faceWidth * i + 8, 252, 23, 20}; }
    static Box soloBox(uint32_t i) { return {facesLeft + faceWidth * i + 33, 252, 23, 20}; }

    void edit(uint32_t index, float value)
    {
        editParameter(index, true);
        values[index] = value;
        setParameterValue(index, value);
        editParameter(index, false);
    }

    /// The fader's scale: 0 dB at three quarters, so that the usual range is the longer one.
    static float toHeight(float db) { return db >= 0 ? 0.75f + db / 12 * 0.25f : 0.75f * std::pow(1 + db / 60, 2.0f); }
    static float toDb(float part) { return part >= 0.75f ? (part - 0.75f) * 48 : 60 * (std::sqrt(part / 0.75f) - 1); }

    void drag(Point at)
    {
        float db = toDb(std::min(1.0f, std::max(0.0f, 1 - (at.y - faderTop) / faderHeight)));
        if (std::abs(db) < 0.7f) db = 0; // rests at 0 dB, where the stem passes unchanged
        values[dragged] = db;
        setParameterValue(dragged, db);
        repaint();
    }

    void box(float x, float y, float w, float h, float round, const DGL_NAMESPACE::Color& colour)
    {
        beginPath();
        roundedRect(x, y, w, h, round);
        fillColor(colour);
        fill();
        closePath();
    }

    void words(float x, float y, float size, const DGL_NAMESPACE::Color& colour, const char* what, int align)
    {
        if (*what == '\0') return; // NanoVG takes no empty text
        fontSize(size);
        textAlign(align | ALIGN_MIDDLE);
        fillColor(colour);
        NanoVG::text(x, y, what, nullptr);
    }

    void button(Box at, const char* label, bool on, const DGL_NAMESPACE::Color& colour)
    {
        box(at.x, at.y, at.w, at.h, 4, on ? colour : panel);
        words(at.x + at.w / 2, at.y + at.h / 2 + 1, at.h > 24 ? 14 : 12, on ? background : text, label, ALIGN_CENTER);
    }

    void header()
    {
        box(0, 0, width, 44, 0, panel);
        words(16, 23, 20, text, "SoniDesk", ALIGN_LEFT);
        const bool connected = view.bridge == BridgeState::connected;
        beginPath();
        circle(width - 22, 22, 6);
        fillColor(connected ? accent : view.bridge == BridgeState::refused ? red : warm);
        fill();
        closePath();
        words(width - 38, 23, 14, connected ? text : faint, view.message.substr(0, 60).c_str(), ALIGN_RIGHT);
    }

    void identity()
    {
        box(nameBox.x, nameBox.y, nameBox.w, nameBox.h, 4, editing ? line : panel);
        const std::string shown = editing ? typed + "|" : view.name.empty() ? "Name of the track" : view.name;
        words(nameBox.x + 10, nameBox.y + 16, 15, view.name.empty() && !editing ? faint : text, shown.c_str(), ALIGN_LEFT);
        words(351, 74, 13, faint, "Slot", ALIGN_RIGHT);
        button(slotLess, "-", false, accent);
        button(slotMore, "+", false, accent);
        const int slot = int(values[parameter::slot] + 0.5f);
        words(403, 74, 15, text, slot == 0 ? "-" : std::to_string(slot).c_str(), ALIGN_CENTER);
        button(originalBox, "Original", values[parameter::monitor] < 0.5f, accent);
        button(stemsBox, "Stems", values[parameter::monitor] >= 0.5f, accent);
    }

    void meters()
    {
        words(52, 120, 12, faint, view.capturing ? "Capturing" : "Input", ALIGN_CENTER);
        for (int channel = 0; channel < 2; ++channel)
        {
            const float x = 34.0f + 20 * channel;
            box(x, 134, 16, 138, 3, panel);
            const float db = view.peak[channel] > 1e-4f ? 20 * std::log10(view.peak[channel]) : -80;
            const float part = std::min(1.0f, std::max(0.0f, (db + 60) / 60));
            if (part > 0) box(x, 134 + 138 * (1 - part), 16, 138 * part, 3, db > -0.1f ? red : view.capturing ? accent : faint);
        }
    }

    void switches()
    {
        const std::string dropped = view.droppedFrames == 0 ? "Nothing lost" : std::to_string(view.droppedFrames) + " frames lost";
        words(16, 297, 12, view.droppedFrames == 0 ? faint : red, dropped.c_str(), ALIGN_LEFT);
        button(stripBox, values[parameter::stripOn] >= 0.5f ? "Strip on" : "Strip off", values[parameter::stripOn] >= 0.5f, accent);
    }

    void strip(uint32_t i)
    {
        const bool there = i < view.stems.size();
        const float left = facesLeft + faceWidth * i;
        box(left + 2, 104, faceWidth - (i + 1 < parameter::stems ? 4 : 2), 174, 5, panel);
        if (!there) return;
        const StemStatus& stem = view.stems[i];
        const bool good = stem.state == StemState::ready;
        scissor(left + 4, 106, faceWidth - 8, 40);
        words(left + faceWidth / 2, 118, 12, good ? text : red, stem.name.c_str(), ALIGN_CENTER);
        const float db = values[parameter::stemFirst + 3 * i];
        char level[16];
        std::snprintf(level, sizeof level, db <= -60 ? "off" : db == 0 ? "0.0" : "%+.1f", double(db));
        words(left + faceWidth / 2, 135, 11, faint, good ? level : "missing", ALIGN_CENTER);
        resetScissor();
        const float middle = left + faceWidth / 2, knob = faderTop + faderHeight * (1 - toHeight(db));
        box(middle - 2, faderTop, 4, faderHeight, 2, line);
        box(middle - 8, faderTop + faderHeight * 0.25f, 16, 1, 0, faint);
        box(middle - 12, knob - 6, 24, 12, 3, good ? text : faint);
        button(muteBox(i), "M", values[parameter::stemFirst + 3 * i + 1] >= 0.5f, warm);
        button(soloBox(i), "S", values[parameter::stemFirst + 3 * i + 2] >= 0.5f, accent);
    }

    SoniDeskPlugin* const plugin;
    Core::View view{};
    float values[parameter::count];
    bool dragging = false, editing = false;
    uint32_t dragged = 0;
    std::string typed;

    DISTRHO_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR(SoniDeskUI)
};

UI* createUI() { return new SoniDeskUI(); }

END_NAMESPACE_DISTRHO
