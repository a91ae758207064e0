#include "../bridge/Bridge.hpp"
#include "../midi/NotePlayer.hpp"
#include "../stems/StemPlayer.hpp"
#include "../strip/ChannelStrip.hpp"
#include "DistrhoPlugin.hpp"
#include "DistrhoPluginUtils.hpp"
#include "Parameters.hpp"
#include <nlohmann/json.hpp>
#include <random>

START_NAMESPACE_DISTRHO

using namespace sonidesk;
using nlohmann::json;

static const char* const pluginVersion = "0.1.0";

/// A random UUID (version 4), so that an instance is known again when its session is opened.
static std::string newInstanceId()
{
    std::random_device random;
    char text[37];
    const auto part = [&] { return static_cast<unsigned>(random()); };
    std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%04x%08x", part(), part() & 0xffff, part() & 0xfff,
                  (part() & 0x3fff) | 0x8000, part() & 0xffff, part());
    return text;
}

static const char* nameOf(StemState state)
{
    switch (state)
    {
    case StemState::loading: return "loading";
    case StemState::ready: return "ready";
    case StemState::missing: return "missing";
    case StemState::wrongRate: return "wrong-rate";
    case StemState::unreadable: break;
    }
    return "unreadable";
}

/// The plugin: passes and captures the track, plays returned stems and notes in its place, runs the channel strip.
class SoniDeskPlugin : public Plugin, private BridgeListener
{
public:
    SoniDeskPlugin()
        : Plugin(parameter::count, 0, stateCount), stems([this](const std::vector<StemStatus>& status) { tell(status); }),
          bridge(ring, *this), instance(newInstanceId())
    {
        for (uint32_t i = 0; i < parameter::count; ++i) values[i] = parameter::describe(i).initial;
    }

    ~SoniDeskPlugin() override
    {
        bridge.stop();
        stems.stop();
    }

protected:
    const char* getLabel() const override { return "SoniDesk"; }
    const char* getDescription() const override { return "Takes the track to SoniDesk and plays its stems, notes and mix moves in the session."; }
    const char* getMaker() const override { return "SoniDesk"; }
    const char* getLicense() const override { return "MIT"; }
    uint32_t getVersion() const override { return d_version(0, 1, 0); }
    int64_t getUniqueId() const override { return d_cconst('S', 'n', 'D', '1'); }

    void initParameter(uint32_t index, Parameter& target) override
    {
        const parameter::Description made = parameter::describe(index);
        target.hints = kParameterIsAutomatable;
        if (made.hint & parameter::toggle) target.hints |= kParameterIsBoolean | kParameterIsInteger;
        if (made.hint & parameter::integer) target.hints |= kParameterIsInteger;
        if (made.hint & parameter::logarithmic) target.hints |= kParameterIsLogarithmic;
        target.name = made.name;
        target.symbol = made.symbol;
        target.unit = made.unit;
        target.ranges.def = made.initial;
        target.ranges.min = made.minimum;
        target.ranges.max = made.maximum;
    }

    float getParameterValue(uint32_t index) const override { return values[index]; }

    void setParameterValue(uint32_t index, float value) override
    {
        values[index] = value;
        stripMoved = true;
    }

    void initState(uint32_t index, State& state) override
    {
        state.key = stateKeys[index];
        state.defaultValue = "";
        state.label = stateKeys[index];
    }

    String getState(const char* key) const override
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (std::strcmp(key, "instance") == 0) return String(instance.c_str());
        if (std::strcmp(key, "name") == 0) return String(name.c_str());
        if (std::strcmp(key, "stems") == 0) return String(stemState.c_str());
        return String();
    }

    void setState(const char* key, const char* value) override
    {
        if (value == nullptr || *value == '\0') return;
        {
            const std::lock_guard<std::mutex> lock(guard);
            if (std::strcmp(key, "instance") == 0) instance = value;
            if (std::strcmp(key, "name") == 0) name = value;
        }
        if (std::strcmp(key, "stems") == 0)
        {
            const json given = json::parse(value, nullptr, false);
            if (given.is_array()) stemsGiven(given);
        }
        else if (started)
            bridge.start(identity());
    }

    void sampleRateChanged(double) override
    {
        if (started) activate();
    }

    /// Threads start here and not in the constructor: hosts make throw-away instances to look at.
    void activate() override
    {
        strip.reset(parameter::stripOf(values), getSampleRate());
        stripMoved = false;
        started = true;
        stems.start();
        bridge.start(identity());
    }

    void run(const float** inputs, float** outputs, uint32_t frames) override
    {
        const TimePosition& time = getTimePosition();
        if (stripMoved.exchange(false)) strip.set(parameter::stripOf(values));
        for (uint32_t offset = 0; offset < frames;)
        {
            const uint32_t count = std::min(frames - offset, blockFrames);
            const int64_t hostFrame = int64_t(time.frame) + offset;
            if (time.playing && bridge.capturing()) capture(time, inputs, offset, count, hostFrame);
            if (!time.playing) ring.flushGap();
            render(time, inputs, outputs, offset, count, hostFrame);
            offset += count;
        }
    }

private:
    static constexpr uint32_t blockFrames = 1024;
    static constexpr uint32_t stateCount = 3;
    static constexpr const char* stateKeys[stateCount] = {"instance", "name", "stems"};

    void capture(const TimePosition& time, const float** inputs, uint32_t offset, uint32_t frames, int64_t hostFrame) noexcept
    {
        AudioPosition position;
        position.hostFrame = hostFrame;
        position.streamFrame = streamFrame;
        position.frames = frames;
        position.channels = 2;
        position.bits = AudioPosition::playing;
        if (time.bbt.valid)
        {
            // Musical time stands for the first frame of the host's block; later parts of a long block are moved on by the tempo.
            position.bits |= AudioPosition::musical;
            position.bpm = time.bbt.beatsPerMinute;
            position.bar = time.bbt.bar;
            position.beat = time.bbt.beat;
            position.beatFraction = time.bbt.ticksPerBeat > 0 ? time.bbt.tick / time.bbt.ticksPerBeat : 0;
            position.beatsPerBar = time.bbt.beatsPerBar;
            position.beatUnit = time.bbt.beatType;
        }
        streamFrame += frames;
        ring.push(position, inputs, offset);
    }

    void render(const TimePosition& time, const float** inputs, float** outputs, uint32_t offset, uint32_t frames, int64_t hostFrame) noexcept
    {
        const bool wantStems = values[parameter::monitor] >= 0.5f && time.playing;
        float gains[StemPlayer::maxStems];
        stemGains(gains);
        const bool playStems = stems.render(hostFrame, frames, gains, stemLeft, stemRight) && wantStems;
        const float* left = playStems ? stemLeft : inputs[0] + offset;
        const float* right = playStems ? stemRight : inputs[1] + offset;
        for (uint32_t n = 0; n < frames; ++n)
        {
            wideLeft[n] = left[n];
            wideRight[n] = right[n];
            sendLeft[n] = sendRight[n] = 0;
        }
        strip.process(wideLeft, wideRight, sendLeft, sendRight, frames);
        for (uint32_t n = 0; n < frames; ++n)
        {
            outputs[0][offset + n] = float(wideLeft[n]);
            outputs[1][offset + n] = float(wideRight[n]);
        }
        bool changed;
        const std::vector<NoteEvent>* notes = noteHandoff.take(changed);
        player.run(notes, changed, time.playing, hostFrame, frames, [&](uint32_t at, uint8_t status, uint8_t pitch, uint8_t velocity) {
            MidiEvent event{};
            event.frame = offset + at;
            event.size = 3;
            event.data[0] = status;
            event.data[1] = pitch;
            event.data[2] = velocity;
            writeMidiEvent(event);
        });
    }

    void stemGains(float* gains) const noexcept
    {
        bool anySolo = false;
        for (uint32_t i = 0; i < StemPlayer::maxStems; ++i) anySolo |= values[parameter::stemFirst + 3 * i + 2] >= 0.5f;
        for (uint32_t i = 0; i < StemPlayer::maxStems; ++i)
        {
            const float* stem = values + parameter::stemFirst + 3 * i;
            const bool heard = anySolo ? stem[2] >= 0.5f : stem[1] < 0.5f;
            gains[i] = !heard || stem[0] <= -60 ? 0 : stem[0] == 0 ? 1 : float(std::pow(10.0, stem[0] / 20));
        }
    }

    Identity identity() const
    {
        const std::lock_guard<std::mutex> lock(guard);
        Identity who;
        who.instance = instance;
        who.name = name;
        who.pluginVersion = pluginVersion;
        who.format = getPluginFormatName();
        who.sampleRate = getSampleRate();
        who.maxBlockFrames = getBufferSize();
        who.slot = int(values[parameter::slot]);
        return who;
    }

    // BridgeListener, on the bridge thread.
    void renamed(const std::string& id) override
    {
        const std::lock_guard<std::mutex> lock(guard);
        instance = id;
    }

    void assigned(const json& assignment) override
    {
        const std::lock_guard<std::mutex> lock(guard);
        name = assignment.at("name");
    }

    void stemsGiven(const json& given) override
    {
        std::vector<StemAssignment> list;
        for (const json& stem : given) list.push_back({stem.at("stem"), stem.at("file"), stem.at("startFrame"), stem.at("gainDb")});
        stems.assign(std::move(list), getSampleRate());
        const std::lock_guard<std::mutex> lock(guard);
        stemState = given.dump();
    }

    void notesGiven(std::vector<NoteEvent> notes) override { noteHandoff.offer(std::make_unique<std::vector<NoteEvent>>(std::move(notes))); }

    void stripGiven(const json& given) override;

    void monitorGiven(bool playStems) override { values[parameter::monitor] = playStems ? 1 : 0; }

    void tell(const std::vector<StemStatus>& status)
    {
        json list = json::array();
        std::string trouble;
        for (const StemStatus& stem : status)
        {
            list.push_back({{"stem", stem.name}, {"state", nameOf(stem.state)}});
            if (stem.state != StemState::ready) trouble += stem.name + " is " + nameOf(stem.state) + "; the original is played. ";
        }
        bridge.say(FrameType::status, {{"stems", list}, {"droppedFrames", ring.droppedFrames()}, {"message", trouble}});
    }

    float values[parameter::count];
    std::atomic<bool> stripMoved{false};
    bool started = false;

    CaptureRing ring;
    StemPlayer stems;
    Bridge bridge;
    ChannelStrip strip;
    NotePlayer player;
    Handoff<std::vector<NoteEvent>> noteHandoff;
    uint64_t streamFrame = 0;
    double wideLeft[blockFrames], wideRight[blockFrames], sendLeft[blockFrames], sendRight[blockFrames];
    float stemLeft[blockFrames], stemRight[blockFrames];

    mutable std::mutex guard; // the strings below; never taken on the audio thread
    std::string instance, name, stemState;

    DISTRHO_DECLARE_NON_COPYABLE_WITH_LEAK_DETECTOR(SoniDeskPlugin)
};

void SoniDeskPlugin::stripGiven(const json& given)
{
    using namespace parameter;
    values[stripOn] = given.is_null() ? 0 : 1;
    if (!given.is_null())
    {
        values[highPassOn] = given.at("highPass").at("enabled") ? 1 : 0;
        values[highPassHz] = given.at("highPass").at("frequencyHz");
        for (uint32_t band = 0; band < bands; ++band)
        {
            const json& eq = given.at("eq").at(band);
            float* field = values + eqFirst + 3 * band;
            field[0] = eq.at("frequencyHz");
            field[1] = eq.at("gainDb");
            field[2] = eq.at("q");
        }
        const json& dynamics = given.at("compressor");
        values[compressorOn] = dynamics.at("enabled") ? 1 : 0;
        values[threshold] = dynamics.at("thresholdDb");
        values[ratio] = dynamics.at("ratio");
        values[attack] = dynamics.at("attackMs");
        values[release] = dynamics.at("releaseMs");
        values[knee] = dynamics.at("kneeDb");
        values[makeup] = dynamics.at("makeupDb");
        values[gain] = given.at("gainDb");
        values[pan] = given.at("pan");
        values[sendOn] = given.at("sendDb").is_null() ? 0 : 1;
        if (!given.at("sendDb").is_null()) values[send] = given.at("sendDb");
    }
    stripMoved = true;
}

Plugin* createPlugin() { return new SoniDeskPlugin(); }

END_NAMESPACE_DISTRHO
