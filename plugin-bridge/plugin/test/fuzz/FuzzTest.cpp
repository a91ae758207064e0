// What a hostile or broken app may send: mutated frames through the codec and the reading of messages, down to parameters, notes,
// stems and the strip. Built with address and undefined-behaviour sanitizers.
// Usage: FuzzTest GOLDEN-FRAMES.json [FRAMES [SEED]].
#include "../../source/bridge/Commands.hpp"
#include "../../source/core/ParameterStore.hpp"
#include "../../source/midi/NotePlayer.hpp"
#include "../../source/strip/ChannelStrip.hpp"
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

using namespace sonidesk;
using nlohmann::json;

/// Uses what arrives as the plugin does.
class Instance : public BridgeListener
{
public:
    size_t taken = 0;
    ParameterStore parameters;
    ChannelStrip strip;
    NotePlayer player;
    std::vector<NoteEvent> notes;
    StemPlayer stems{[](const std::vector<StemStatus>&) {}};

    Instance() { strip.reset(StripSettings(), 48000); }

    /// Some audio with the values in force; false when it is not finite.
    bool run()
    {
        if (parameters.takeMoved()) strip.set(parameter::stripOf(parameters));
        double left[64], right[64], sends[2][64] = {};
        for (int n = 0; n < 64; ++n) left[n] = right[n] = n % 16 / 16.0 - 0.5;
        strip.process(left, right, sends[0], sends[1], 64);
        player.run(&notes, true, true, 0, 4096, [](uint32_t, uint8_t, uint8_t, uint8_t) { return true; });
        for (double sample : left)
            if (!std::isfinite(sample)) return false;
        return true;
    }

private:
    void renamed(const std::string&) override {}
    void assigned(const std::string&, const std::string&) override { ++taken; }
    void stemsGiven(std::vector<StemAssignment> given) override
    {
        ++taken;
        stems.assign(std::move(given));
    }
    void notesGiven(std::vector<NoteEvent> given) override
    {
        ++taken;
        notes = std::move(given);
    }
    void parametersGiven(const std::vector<std::pair<uint32_t, float>>& values) override
    {
        ++taken;
        for (const auto& [index, value] : values) parameters.byApp(index, value);
    }
    bool readyToGreet() const override { return true; }
    void welcomed() override {}
    void beforeAudio() override {}
    void afterAudio(Bridge&) override {}
    void tell(Bridge&) override {}
};

using Bytes = std::vector<uint8_t>;
static std::mt19937 random_;

static uint32_t below(size_t limit) { return limit == 0 ? 0 : uint32_t(random_() % limit); }

/// Changes a payload as a fuzzer does, and as a careless program would change JSON.
static void mutate(Bytes& bytes)
{
    static const char* const words[] = {"null", "true", "-1", "1e999", "-1e308", "9223372036854775807", "18446744073709551616", "\"\"", "[]", "{}",
                                        "[[[[[[[[", "\"\\ud800\"", "0.1e-400", "NaN", "\"stems\"", "{\"stem\":1}"};
    for (uint32_t k = 1 + below(4); k > 0; --k)
    {
        const uint32_t at = below(bytes.size() + 1), length = std::min<uint32_t>(below(16), uint32_t(bytes.size()) - at);
        switch (below(6))
        {
        case 0:
            if (!bytes.empty()) bytes[below(bytes.size())] ^= uint8_t(1 << below(8));
            break;
        case 1:
            if (!bytes.empty()) bytes[below(bytes.size())] = uint8_t(random_());
            break;
        case 2: bytes.erase(bytes.begin() + at, bytes.begin() + at + length); break;
        case 3:
        {
            const Bytes copy(bytes.begin() + at, bytes.begin() + at + length);
            bytes.insert(bytes.begin() + below(bytes.size() + 1), copy.begin(), copy.end());
            break;
        }
        case 4: bytes.resize(below(bytes.size() + 1)); break;
        default:
        {
            // In place of a value, if there is one.
            const auto colon = std::find(bytes.begin() + at, bytes.end(), uint8_t(':'));
            const auto start = colon == bytes.end() ? bytes.begin() + at : colon + 1;
            const auto end = std::find_if(start, bytes.end(), [](uint8_t c) { return c == ',' || c == '}' || c == ']'; });
            const std::string word = words[below(sizeof words / sizeof *words)];
            const auto place = bytes.erase(start, end);
            bytes.insert(place, word.begin(), word.end());
        }
        }
    }
}

static std::vector<std::pair<uint8_t, Bytes>> seeds(const char* path)
{
    std::vector<std::pair<uint8_t, Bytes>> all;
    const json golden = json::parse(std::ifstream(path));
    for (const auto& entry : golden)
    {
        const std::string hex = entry["hex"];
        Bytes bytes;
        for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes.push_back(uint8_t(std::stoul(hex.substr(i, 2), nullptr, 16)));
        all.emplace_back(bytes[5], Bytes(bytes.begin() + headerBytes, bytes.end()));
    }
    const std::string parameters = R"({"gain":-3.5,"pan":0.5,"stem1_fader":-6,"stem2_solo":1,"eq1_hz":90,"unknown":2})";
    all.emplace_back(uint8_t(FrameType::parameters), Bytes(parameters.begin(), parameters.end()));
    return all;
}

int main(int count, char** arguments)
{
    if (count < 2) return std::fprintf(stderr, "usage: FuzzTest FILE [FRAMES [SEED]]\n"), 2;
    const long frames = count > 2 ? std::atol(arguments[2]) : 100000;
    random_.seed(count > 3 ? uint32_t(std::atol(arguments[3])) : 1);
    const auto originals = seeds(arguments[1]);
    Instance instance;
    Commands commands(instance);
    FrameDecoder decoder;
    uint64_t sequence = 0;
    size_t refused = 0, broken = 0, waiting = 0;
    for (long i = 0; i < frames; ++i)
    {
        const auto& [type, payload] = originals[below(originals.size())];
        Bytes changed = payload, wire;
        if (below(50) != 0) mutate(changed);
        appendFrame(wire, FrameType(type), 0, sequence++, changed.data(), uint32_t(changed.size()), below(20) == 0 ? moreFollows : 0);
        if (below(100) == 0) wire[below(headerBytes)] ^= uint8_t(1 << below(8)); // the header, too
        decoder.push(wire.data(), wire.size());
        std::string problem;
        ++waiting;
        while (auto frame = decoder.next())
        {
            waiting = 0;
            if (!commands.take(*frame, problem)) ++refused;
        }
        // A wrong length makes the decoder wait for what does not come.
        if (!decoder.error().empty() || waiting > 20)
        {
            waiting = 0;
            ++broken; // as after a connection that ended
            decoder = FrameDecoder();
            commands.reset();
            sequence = 0;
        }
        if (i % 16 == 0 && !instance.run()) return std::printf("failed: audio is not finite after frame %ld\n", i), 1;
    }
    std::printf("%ld mutated frames: %zu messages taken, %zu refused, %zu connections ended\n", frames, instance.taken, refused, broken);
    return instance.taken == 0 || refused == 0 || broken == 0;
}
