#include "Core.hpp"
#include "HostName.hpp"
#include <random>

namespace sonidesk {

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

Core::Core()
    : stems([this](const std::vector<StemStatus>& states) {
          const std::lock_guard<std::mutex> lock(guard);
          stemStates = states;
          statusChanged = true;
      }),
      bridge(ring, *this), instance(newInstanceId()), host(programName())
{
    strip.reset(parameter::stripOf(parameters), rate);
    mixer.reset(rate);
}

Core::~Core()
{
    bridge.stop();
    stems.stop();
}

void Core::activate(double sampleRate, uint32_t maxBlockFrames, const char* pluginFormat)
{
    parameters.takeMoved();
    strip.reset(parameter::stripOf(parameters), sampleRate);
    mixer.reset(sampleRate);
    takeGains();
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (!started) startedAt = std::chrono::steady_clock::now();
        started = true;
        rate = sampleRate;
        maxBlock = maxBlockFrames;
        format = pluginFormat;
    }
    stems.start(sampleRate);
    bridge.start(identity());
}

void Core::hostIs(const std::string& said)
{
    const std::lock_guard<std::mutex> lock(guard);
    if (!said.empty()) host = said;
}

void Core::trackIs(const std::string& said)
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        trackName = said;
        if (!started) return;
    }
    bridge.identify(identity());
}

void Core::process(const Transport& transport, const float* const* inputs, float* const* outputs, bool stemOuts, uint32_t frames,
                   MidiSink& midi) noexcept
{
    if (parameters.takeMoved())
    {
        strip.set(parameter::stripOf(parameters));
        takeGains();
    }
    running.store(true, std::memory_order_relaxed);
    const bool starts = transport.playing && !wasPlaying && frames <= maxHeld;
    follow(transport, inputs, frames);
    meter(inputs, frames);
    for (uint32_t offset = 0; offset < frames;)
    {
        const uint32_t count = std::min(frames - offset, blockFrames);
        Transport here = transport;
        here.frame += offset;
        if (here.playing && !starts && bridge.capturing()) capture(here, offset == 0, inputs, offset, count);
        if (!here.playing) ring.flushGap();
        render(here, inputs, outputs, stemOuts, offset, count);
        bool changed;
        const std::vector<NoteEvent>* notes = noteHandoff.take(changed);
        player.run(notes, changed, here.playing, here.frame, count, [&](uint32_t at, uint8_t status, uint8_t pitch, uint8_t velocity) {
            return midi.midi(offset + at, status, pitch, velocity);
        });
        offset += count;
    }
}

/// Notices starts, stops and jumps for the bridge thread to tell.
void Core::follow(const Transport& transport, const float* const* inputs, uint32_t frames) noexcept
{
    const bool goesOn = transport.playing && wasPlaying && transport.frame == expectedFrame;
    transportNow.store(transport.frame * 2 + (transport.playing ? 1 : 0), std::memory_order_relaxed);
    if (!goesOn && (transport.playing || wasPlaying)) transportChanges.fetch_add(1, std::memory_order_release);
    if (heldFrames > 0 && goesOn && bridge.capturing())
    {
        const float* const first[2] = {held[0], held[1]};
        for (uint32_t at = 0; at < heldFrames; at += blockFrames)
        {
            Transport here = heldAt;
            here.frame += at;
            capture(here, at == 0, first, at, std::min(heldFrames - at, blockFrames));
        }
    }
    if (frames > 0) heldFrames = 0;
    if (transport.playing && !wasPlaying && frames <= maxHeld)
    {
        heldAt = transport;
        heldFrames = frames;
        std::copy_n(inputs[0], frames, held[0]);
        std::copy_n(inputs[1], frames, held[1]);
    }
    wasPlaying = transport.playing;
    expectedFrame = transport.frame + frames;
}

void Core::meter(const float* const* inputs, uint32_t frames) noexcept
{
    for (int channel = 0; channel < 2; ++channel)
    {
        float peak = 0;
        for (uint32_t n = 0; n < frames; ++n) peak = std::max(peak, std::abs(inputs[channel][n]));
        if (peak > peaks[channel].load(std::memory_order_relaxed)) peaks[channel].store(peak, std::memory_order_relaxed);
    }
}

void Core::capture(const Transport& transport, bool first, const float* const* inputs, uint32_t offset, uint32_t frames) noexcept
{
    AudioPosition position;
    position.hostFrame = transport.frame;
    position.streamFrame = streamFrame;
    position.frames = frames;
    position.channels = 2;
    position.bits = AudioPosition::playing;
    if (transport.looping) position.bits |= AudioPosition::looping;
    if (transport.offline) position.bits |= AudioPosition::offline;
    if (transport.musical && first) // musical time stands for the first frame of the host's block
    {
        position.bits |= AudioPosition::musical;
        position.bpm = transport.bpm;
        position.bar = transport.bar;
        position.beat = transport.beat;
        position.beatFraction = transport.beatFraction;
        position.beatsPerBar = transport.beatsPerBar;
        position.beatUnit = transport.beatUnit;
    }
    streamFrame += frames;
    ring.push(position, inputs, offset);
}

void Core::render(const Transport& transport, const float* const* inputs, float* const* outputs, bool stemOuts, uint32_t offset,
                  uint32_t frames) noexcept
{
    std::copy_n(inputs[0] + offset, frames, left);
    std::copy_n(inputs[1] + offset, frames, right);
    const bool wanted = parameters.on(parameter::monitor) && transport.playing;
    // Also while stopped: so the stems are read where the transport stands.
    const uint32_t count = stems.render(transport.frame, frames, stemAudio);
    float gains[StemPlayer::maxStems] = {};
    for (uint32_t i = 0; i < count; ++i) gains[i] = faderGains[i] * stems.gain(i);
    const bool play = wanted && count > 0;
    if (wanted && count == 0) missedFrames.fetch_add(frames, std::memory_order_relaxed);
    if (!transport.playing || count == 0 || (mixer.silent() && !play))
        mixer.jump(gains, false);
    else if (transport.frame != renderedUntil)
        mixer.jump(gains, play); // a start or a jump: the cut is in the host's timeline
    else
        mixer.set(gains, play);
    renderedUntil = transport.playing ? transport.frame + frames : INT64_MIN;
    if (count > 0 && !mixer.silent()) mixer.process(stemAudio, count, left, right, frames);

    for (uint32_t n = 0; n < frames; ++n)
    {
        wideLeft[n] = left[n];
        wideRight[n] = right[n];
    }
    std::fill_n(sendLeft, frames, 0.0);
    std::fill_n(sendRight, frames, 0.0);
    strip.process(wideLeft, wideRight, sendLeft, sendRight, frames);
    for (uint32_t n = 0; n < frames; ++n)
    {
        outputs[0][offset + n] = float(wideLeft[n]);
        outputs[1][offset + n] = float(wideRight[n]);
    }
    if (!stemOuts) return;
    for (uint32_t i = 0; i < stemOutputs; ++i)
        for (uint32_t channel = 0; channel < 2; ++channel)
        {
            float* out = outputs[2 + 2 * i + channel] + offset;
            if (i < count && !mixer.silent())
                std::copy_n(stemAudio[i][channel], frames, out);
            else
                std::fill_n(out, frames, 0.0f);
        }
    float* const* sends = outputs + 2 + 2 * stemOutputs;
    for (uint32_t n = 0; n < frames; ++n)
    {
        sends[0][offset + n] = float(sendLeft[n]);
        sends[1][offset + n] = float(sendRight[n]);
    }
}

void Core::takeGains() noexcept
{
    bool anySolo = false;
    for (uint32_t i = 0; i < StemPlayer::maxStems; ++i) anySolo |= parameters.on(parameter::stemFirst + 3 * i + 2);
    for (uint32_t i = 0; i < StemPlayer::maxStems; ++i)
    {
        const float fader = parameters[parameter::stemFirst + 3 * i];
        const bool heard = parameters.on(parameter::stemFirst + 3 * i + (anySolo ? 2 : 1)) == anySolo;
        faderGains[i] = !heard || fader <= -60 ? 0 : fader == 0 ? 1 : float(std::pow(10.0, fader / 20));
    }
}

Identity Core::identity() const
{
    const std::lock_guard<std::mutex> lock(guard);
    Identity who;
    who.instance = instance;
    who.name = name.empty() ? trackName : name;
    who.pluginVersion = pluginVersion;
    who.host = host;
    who.format = format;
    who.sampleRate = rate;
    who.maxBlockFrames = maxBlock;
    who.slot = int(parameters[parameter::slot] + 0.5f);
    return who;
}

Core::View Core::view()
{
    View seen;
    seen.bridge = bridge.state();
    seen.message = bridge.message();
    seen.droppedFrames = ring.droppedFrames();
    seen.missedFrames = missedFrames.load(std::memory_order_relaxed);
    for (int channel = 0; channel < 2; ++channel) seen.peak[channel] = peaks[channel].exchange(0, std::memory_order_relaxed);
    seen.playing = transportNow.load(std::memory_order_relaxed) & 1;
    seen.capturing = seen.playing && bridge.capturing();
    const std::lock_guard<std::mutex> lock(guard);
    seen.name = name.empty() ? trackName : name;
    seen.colour = colour;
    seen.stems = stemStates;
    return seen;
}

} // namespace sonidesk
