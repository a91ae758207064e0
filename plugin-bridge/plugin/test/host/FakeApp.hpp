#pragma once
#include "../../source/protocol/AudioBlock.hpp"
#include "../../source/protocol/Frame.hpp"
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace host {

using nlohmann::json;

/// One block of captured audio as it arrived.
struct Captured
{
    sonidesk::AudioPosition position;
    std::vector<float> samples; // planar
};

/// What one instance has said.
struct Heard
{
    json hello;
    std::vector<Captured> audio;
    std::vector<sonidesk::GapPosition> gaps;
    std::vector<json> transport;
    json status;
    std::map<std::string, double> parameters;
    uint64_t frames = 0;
    bool bye = false;
};

/// The app's side of the bridge, small: takes connections on a Unix socket in a folder of its own, answers hellos, keeps what it hears.
class FakeApp
{
public:
    FakeApp();
    ~FakeApp();

    /// Listens and writes the file that the plugins look for (named by SONIDESK_BRIDGE).
    void start();
    /// Ends all connections and stops listening; the file stays unless `tidy`.
    void stop(bool tidy = true);

    /// Sends to all connections.
    void send(sonidesk::FrameType type, const json& message);
    void sendBytes(sonidesk::FrameType type, const std::vector<uint8_t>& payload, uint16_t flags = 0);
    /// Bytes as they are.
    void sendRaw(const std::vector<uint8_t>& bytes);

    /// A copy of what instance number `index` (in the order of connection) said.
    Heard heard(size_t index = 0);
    /// The same of the instance that connected last.
    Heard newest();
    /// The last status of the instance that connected last, null as long as there is none. Copies nothing else: cheap at any speed.
    json newestStatus();
    /// How many said hello, and have been heard.
    size_t connections();
    /// How many were opened.
    size_t opened();
    /// Forgets captured audio.
    void forget();
    /// Reads nothing while true.
    std::atomic<bool> stuck{false};
    std::atomic<bool> refuse{false};
    /// Keeps no samples.
    std::atomic<bool> positionsOnly{false};

    const std::string& folder() const { return directory; }

private:
    struct Connection;
    void accept();
    void serve(Connection& connection);
    void answer(Connection& connection, const sonidesk::Frame& frame);

    std::string directory;
    int listener = -1;
    std::atomic<bool> quit{false};
    std::thread acceptor;
    std::mutex guard;
    std::vector<std::unique_ptr<Connection>> all;
};

} // namespace host
