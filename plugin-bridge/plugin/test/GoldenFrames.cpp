// The C++ codec against plugin-bridge/protocol/golden/frames.json and against a million broken streams.
// Usage: GoldenFrames FILE [MUTATIONS]. Build with -fsanitize=address,undefined for the fuzz run. Exit 1 on a miss.
#include "../source/protocol/AudioBlock.hpp"
#include "../source/protocol/Frame.hpp"
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

using namespace sonidesk;

static int passed = 0, failed = 0;

static void check(bool good, const char* what)
{
    (good ? passed : failed)++;
    if (!good) std::printf("failed: %s\n", what);
}

static std::vector<uint8_t> bytesOf(const std::string& hex)
{
    std::vector<uint8_t> bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes.push_back(uint8_t(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

static std::vector<Frame> decode(const std::vector<uint8_t>& bytes, size_t piece, std::string* error = nullptr)
{
    FrameDecoder decoder;
    std::vector<Frame> frames;
    for (size_t at = 0; at < bytes.size(); at += piece)
    {
        decoder.push(&bytes[at], std::min(piece, bytes.size() - at));
        while (auto frame = decoder.next()) frames.push_back(std::move(*frame));
    }
    if (error) *error = decoder.error();
    return frames;
}

static void audioBlock(const Frame& frame)
{
    AudioPosition position;
    std::memcpy(&position, frame.payload.data(), sizeof position);
    check(position.hostFrame == 96000 && position.streamFrame == 4096, "positions of the audio block");
    check(position.frames == 4 && position.channels == 2, "size of the audio block");
    check(position.bits == (AudioPosition::playing | AudioPosition::looping | AudioPosition::musical), "bits of the audio block");
    check(position.bpm == 123.5 && position.bar == 3 && position.beat == 2 && position.beatFraction == 0.25 &&
              position.beatsPerBar == 7 && position.beatUnit == 8,
          "musical time of the audio block");
    float samples[8];
    check(frame.payload.size() == sizeof position + sizeof samples, "length of the audio block");
    std::memcpy(samples, &frame.payload[sizeof position], sizeof samples);
    const float expected[8] = {0, 1, -1, 0.5f, 1e-38f, -0.0f, 3.14159274f, -0.125f};
    check(std::memcmp(samples, expected, sizeof samples) == 0, "samples of the audio block");
}

int main(int count, char** arguments)
{
    if (count < 2) return std::fprintf(stderr, "usage: GoldenFrames FILE [MUTATIONS]\n"), 2;
    std::vector<uint8_t> all, again;
    const nlohmann::json golden = nlohmann::json::parse(std::ifstream(arguments[1]));
    for (const auto& entry : golden)
    {
        const auto bytes = bytesOf(entry["hex"]);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    for (size_t piece : {size_t(1), size_t(7), size_t(4096), all.size()})
        check(decode(all, piece).size() == golden.size(), "all frames in pieces");
    bool audioSeen = false;
    for (const Frame& frame : decode(all, all.size()))
    {
        appendFrame(again, FrameType(frame.header.type), frame.header.stream, frame.header.sequence, frame.payload.data(),
                    uint32_t(frame.payload.size()), frame.header.flags);
        if (!audioSeen && frame.header.type == uint8_t(FrameType::audio))
        {
            audioBlock(frame);
            audioSeen = true;
        }
    }
    check(audioSeen, "an audio block among the golden frames");
    check(again == all, "written again as they were");
    for (const auto& [at, what] : {std::pair<size_t, const char*>{0, "bridge frame"}, {4, "protocol 9"}, {14, "over the cap"}, {16, "expected"}})
    {
        auto broken = all;
        broken[at] = at == 4 ? 9 : 0xff;
        std::string error;
        check(decode(broken, 13, &error).empty() && error.find(what) != std::string::npos, what);
    }
    std::mt19937 random(1);
    const long mutations = count > 2 ? std::atol(arguments[2]) : 20000;
    size_t decoded = 0;
    for (long i = 0; i < mutations; ++i)
    {
        auto broken = all;
        for (uint32_t k = 1 + random() % 8; k > 0; --k) broken[random() % broken.size()] = uint8_t(random());
        broken.resize(random() % (broken.size() + 1));
        decoded += decode(broken, 1 + random() % 300).size();
    }
    check(decoded > 0, "mutated streams still hold frames");
    std::printf("%ld mutated streams, %zu frames decoded of them\n%d passed, %d failed\n", mutations, decoded, passed, failed);
    return failed > 0;
}
