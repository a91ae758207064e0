#pragma once
#include "../bridge/Handoff.hpp"
#include "StemFile.hpp"
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sonidesk {

enum class StemState
{
    loading,
    ready,
    missing,
    wrongRate,
    unreadable
};

/// What the app assigned.
struct StemAssignment
{
    std::string name, file;
    int64_t startFrame = 0;
    double gainDb = 0;
};

struct StemStatus
{
    std::string name;
    StemState state = StemState::loading;
};

/// Plays stem files in sync with the host transport. A background thread reads blocks ahead of the playhead; the audio thread only
/// follows pointers. Where a block is not there yet the caller is told, and plays the original instead.
class StemPlayer
{
public:
    static constexpr uint32_t maxStems = 8;
    static constexpr uint32_t blockFrames = 16384;

    /// `report` is called on the stem thread whenever the state of a stem changes.
    explicit StemPlayer(std::function<void(const std::vector<StemStatus>&)> report) : reported(std::move(report)) {}
    ~StemPlayer() { stop(); }

    /// [main-thread]
    void start();
    void stop();

    /// [bridge-thread] Replaces all stems; an empty list unloads. `sampleRate` is the host's.
    void assign(std::vector<StemAssignment> stems, double sampleRate);

    /// [audio-thread] Adds all stems times `gains` over [hostFrame, hostFrame + frames) into `left` and `right`, which it clears first.
    /// False when there are no stems, or one of them is not loaded there: then the output is not to be used.
    bool render(int64_t hostFrame, uint32_t frames, const float* gains, float* left, float* right) noexcept;

private:
    struct Block
    {
        float left[blockFrames], right[blockFrames];
    };

    struct Stem
    {
        StemAssignment assignment;
        StemFile file; // stem thread
        float gain = 1;
        uint64_t frames = 0;
        std::unique_ptr<std::atomic<Block*>[]> blocks;
        size_t blockCount = 0;
    };

    struct Set
    {
        std::vector<Stem> stems;
        std::atomic<bool> playable{false};
        ~Set();
    };

    void run();
    void load(Set& set, int64_t playhead);
    std::shared_ptr<Set> takeAssigned();
    void open(Set& set, double sampleRate);
    void bury(Block* block);
    void sweep(bool all);

    std::function<void(const std::vector<StemStatus>&)> reported;
    std::thread thread;
    std::atomic<bool> quit{false};
    std::atomic<int64_t> wanted{0};
    /// Counts calls of `render`, so that a block is freed only when no call that could have seen it still runs.
    std::atomic<uint64_t> calls{0};

    std::mutex guard; // the assignment; never on the audio thread
    std::vector<StemAssignment> assignedStems;
    double assignedRate = 0;
    bool assignedNew = false;

    /// Owns the set for the audio thread's sake; the stem thread holds one, too.
    struct Shared
    {
        std::shared_ptr<Set> set;
    };
    Handoff<Shared> handoff;
    std::vector<std::pair<uint64_t, std::unique_ptr<Block>>> graveyard;
};

} // namespace sonidesk
