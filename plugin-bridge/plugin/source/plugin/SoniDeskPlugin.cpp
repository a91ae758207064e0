#include "SoniDeskPlugin.hpp"
#include "DistrhoPluginUtils.hpp"

START_NAMESPACE_DISTRHO

using namespace sonidesk;

static SoniDeskPlugin* newestInstance = nullptr;

/// DPF's own port groups have ids near the end of the range; ours count from 0.
static const char* const groups[Core::stemOutputs + 1][2] = {
    {"Stem 1", "stem1"}, {"Stem 2", "stem2"}, {"Stem 3", "stem3"}, {"Stem 4", "stem4"}, {"Send", "send"}};

SoniDeskPlugin::SoniDeskPlugin() : Plugin(parameter::count + 1, 0, Core::stateCount)
{
    newestInstance = this;
}

SoniDeskPlugin::~SoniDeskPlugin()
{
    if (newestInstance == this) newestInstance = nullptr;
}

SoniDeskPlugin* SoniDeskPlugin::newest() noexcept { return newestInstance; }

const char* SoniDeskPlugin::getDescription() const
{
    return "Takes the track to SoniDesk and plays its stems, notes and mix moves in the session.";
}

void SoniDeskPlugin::initAudioPort(bool input, uint32_t index, AudioPort& port)
{
    Plugin::initAudioPort(input, index, port);
    if (DISTRHO_PLUGIN_NUM_OUTPUTS == 2) return;
    if (input || index < 2)
    {
        port.groupId = kPortGroupStereo;
        return;
    }
    const uint32_t group = (index - 2) / 2;
    const bool right = index % 2 != 0;
    port.groupId = group;
    port.name = String(groups[group][0]) + (right ? " right" : " left");
    port.symbol = String(groups[group][1]) + (right ? "_out_right" : "_out_left");
}

void SoniDeskPlugin::initPortGroup(uint32_t groupId, PortGroup& group)
{
    if (groupId > Core::stemOutputs) return Plugin::initPortGroup(groupId, group);
    group.name = groups[groupId][0];
    group.symbol = String(groups[groupId][1]) + "_out";
}

void SoniDeskPlugin::initParameter(uint32_t index, Parameter& target)
{
    if (index == connection)
    {
        target.hints = kParameterIsOutput | kParameterIsInteger;
        target.name = "Connection";
        target.symbol = "connection";
        target.ranges = ParameterRanges(0, 0, 2);
        target.enumValues.count = 3;
        target.enumValues.restrictedMode = true;
        target.enumValues.values = new ParameterEnumerationValue[3]{{0, "Searching"}, {1, "Connected"}, {2, "Refused"}};
        return;
    }
    const parameter::Description& made = parameter::descriptions()[index];
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

float SoniDeskPlugin::getParameterValue(uint32_t index) const
{
    return index == connection ? float(core.bridgeState()) : core.parameters[index];
}

void SoniDeskPlugin::setParameterValue(uint32_t index, float value) { core.parameters.byHost(index, value); }

void SoniDeskPlugin::initState(uint32_t index, State& state)
{
    state.key = Core::stateKeys[index];
    state.defaultValue = "";
    state.label = Core::stateKeys[index];
}

String SoniDeskPlugin::getState(const char* key) const { return String(core.state(key).c_str()); }

void SoniDeskPlugin::setState(const char* key, const char* value)
{
    if (value != nullptr) core.setState(key, value);
}

void SoniDeskPlugin::activate()
{
    const char* const name = getPluginFormatName();
    core.activate(getSampleRate(), getBufferSize(), std::strncmp(name, "JACK", 4) == 0 ? "JACK" : name);
}

void SoniDeskPlugin::run(const float** inputs, float** outputs, uint32_t frames)
{
    const TimePosition& time = getTimePosition();
    Transport transport;
    transport.playing = time.playing;
    transport.looping = hostBlock.looping;
    transport.offline = hostBlock.offline;
    transport.frame = hostBlock.known ? hostBlock.frame : int64_t(time.frame);
    transport.musical = time.bbt.valid;
    if (time.bbt.valid)
    {
        transport.bpm = time.bbt.beatsPerMinute;
        transport.bar = time.bbt.bar;
        transport.beat = time.bbt.beat;
        transport.beatFraction = time.bbt.ticksPerBeat > 0 ? time.bbt.tick / time.bbt.ticksPerBeat : 0;
        transport.beatsPerBar = time.bbt.beatsPerBar;
        transport.beatUnit = time.bbt.beatType;
    }
    core.process(transport, inputs, outputs, DISTRHO_PLUGIN_NUM_OUTPUTS > 2, frames, *this);
    tellHost();
}

/// The host learns what the app changed.
void SoniDeskPlugin::tellHost() noexcept
{
    const uint64_t changed = core.parameters.takeForHost();
    if (changed == 0) return;
    hostBlock.changedByApp |= changed;
    // DPF 1.6 says yes in LV2 also where the host offers no such request, and most do not: there the state keeps the values.
    const bool believable = std::strncmp(getPluginFormatName(), "LV2", 3) != 0;
    for (uint32_t i = 0; i < parameter::count; ++i)
        if ((changed >> i & 1) && requestParameterValueChange(i, core.parameters[i]) && believable) core.parameters.told(i);
}

bool SoniDeskPlugin::midi(uint32_t frame, uint8_t status, uint8_t pitch, uint8_t velocity) noexcept
{
    MidiEvent event{};
    event.frame = frame;
    event.size = 3;
    event.data[0] = status;
    event.data[1] = pitch;
    event.data[2] = velocity;
    return writeMidiEvent(event);
}

Plugin* createPlugin() { return new SoniDeskPlugin(); }

END_NAMESPACE_DISTRHO
