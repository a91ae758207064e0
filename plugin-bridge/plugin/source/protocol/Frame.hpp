#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace sonidesk {

/// The frame of the bridge protocol (PROTOCOL.md). The TypeScript codec is plugin-bridge/protocol; both meet golden/frames.json.
/// Numbers are little-endian; every platform we build for is.
constexpr uint8_t protocolVersion = 1;
constexpr size_t headerBytes = 24;
constexpr uint32_t frameMagic = 0x4b444e53; // "SNDK"
constexpr uint32_t maxPayloadBytes = 1u << 20;

enum class FrameType : uint8_t
{
    hello = 0x01,
    welcome = 0x02,
    refused = 0x03,
    ping = 0x04,
    pong = 0x05,
    bye = 0x06,
    audio = 0x10,
    gap = 0x11,
    transport = 0x12,
    parameters = 0x13,
    status = 0x14,
    assign = 0x20,
    stems = 0x21,
    notes = 0x22,
    strip = 0x23,
    monitor = 0x24,
};

/// Flag: the payload goes on in the next frame of this type.
constexpr uint16_t moreFollows = 1;

struct FrameHeader
{
    uint32_t magic = frameMagic;
    uint8_t version = protocolVersion;
    uint8_t type = 0;
    uint16_t flags = 0;
    uint32_t stream = 0;
    uint32_t length = 0;
    uint64_t sequence = 0;
};
static_assert(sizeof(FrameHeader) == headerBytes, "the header is laid out as on the wire");

struct Frame
{
    FrameHeader header;
    std::vector<uint8_t> payload;
};

/// Appends a frame to `out`.
inline void appendFrame(std::vector<uint8_t>& out, FrameType type, uint32_t stream, uint64_t sequence, const void* payload,
                        uint32_t length, uint16_t flags = 0)
{
    FrameHeader header;
    header.type = static_cast<uint8_t>(type);
    header.flags = flags;
    header.stream = stream;
    header.length = length;
    header.sequence = sequence;
    const size_t at = out.size();
    out.resize(at + headerBytes + length);
    std::memcpy(&out[at], &header, headerBytes);
    if (length > 0) std::memcpy(&out[at + headerBytes], payload, length);
}

/// Cuts a byte stream into frames, whatever the pieces it arrives in. After an error it takes nothing more.
class FrameDecoder
{
public:
    /// [bridge-thread]
    void push(const uint8_t* bytes, size_t count)
    {
        if (!failure.empty()) return;
        if (consumed > 0 && consumed == held.size())
        {
            held.clear();
            consumed = 0;
        }
        held.insert(held.end(), bytes, bytes + count);
    }

    /// The next whole frame of a known or unknown type; nothing while one is incomplete or after an error.
    std::optional<Frame> next()
    {
        if (!failure.empty() || held.size() - consumed < headerBytes) return std::nullopt;
        Frame frame;
        std::memcpy(&frame.header, &held[consumed], headerBytes);
        if (!check(frame.header)) return std::nullopt;
        const size_t total = headerBytes + frame.header.length;
        if (held.size() - consumed < total) return std::nullopt;
        const uint8_t* start = held.data() + consumed + headerBytes;
        frame.payload.assign(start, start + frame.header.length);
        consumed += total;
        ++expected;
        if (consumed > maxPayloadBytes)
        {
            held.erase(held.begin(), held.begin() + static_cast<ptrdiff_t>(consumed));
            consumed = 0;
        }
        return frame;
    }

    /// Why the connection must end; empty while all is well.
    const std::string& error() const noexcept { return failure; }

private:
    bool check(const FrameHeader& header)
    {
        if (header.magic != frameMagic)
            failure = "not a bridge frame";
        else if (header.version != protocolVersion)
            failure = "the app speaks bridge protocol " + std::to_string(header.version) + ", this plugin " +
                      std::to_string(protocolVersion) + "; install the same SoniDesk version on both sides";
        else if (header.length > maxPayloadBytes)
            failure = "a frame of " + std::to_string(header.length) + " bytes is over the cap";
        else if (header.sequence != expected)
            failure = "frame " + std::to_string(header.sequence) + " arrived where " + std::to_string(expected) + " was expected";
        return failure.empty();
    }

    std::vector<uint8_t> held;
    size_t consumed = 0;
    uint64_t expected = 0;
    std::string failure;
};

} // namespace sonidesk
