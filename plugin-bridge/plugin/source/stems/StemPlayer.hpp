#pragma once
#include "../bridge/Handoff.hpp"
#include "StemFile.hpp"
#include <array>
#include <atomic>
#include <condition_variable>
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

    bool operator==(const StemStatus& other) const { return name == other.name && state == other.state; }
};

/// Plays stem files in sync with the host transport. A background thread keeps the blocks around the playhead, around the places
/// it was last set to (loops) and at the start of the stems in memory; the audio thread only follows pointers. Where a block is
/// not there yet the caller is told, and plays the original instead.
class StemPlayer
{
public:
    static constexpr uint32_t maxStems = 8;
    static constexpr uint32_t blockFrames = 16384;
    using Audio = float (*)[2][1024];

    /// `report` is called on the stem thread whenever the state of a stem changes.
    explicit StemPlayer(std::function<void(const std::vector<StemStatus>&)> report) : reported(std::move(report)) {}
    ~StemPlayer() { stop(); }

    /// [main-thread] Stems of another rate than `sampleRate` are refused. Returns when what was assigned before plays from the
    /// playhead, or after 2 s.
    void start(double sampleRate);
    void stop();

    /// [bridge-thread] or [main-thread] Replaces all stems; an empty list unloads.
    void assign(std::vector<StemAssignment> stems);

    /// [audio-thread] Copies [hostFrame, hostFrame + frames) of each stem to `audio[stem][channel]`, silence outside of it; at most
    /// 1024 frames. The number of stems; 0 when there are none, or one of them is not loaded there.
    uint32_t render(int64_t hostFrame, uint32_t frames, Audio audio) noexcept;

    /// [audio-thread] Gain of a stem that the last call of `render` gave.
    float gain(uint32_t stem) const noexcept { return gains[stem]; }

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
        std::vector<size_t> resident; // stem thread: blocks in memory
    };

    struct Set
    {
        std::vector<Stem> stems;
        std::vector<StemStatus> states; // stem thread
        std::atomic<bool> playable{false};
        ~Set();
    };

    /// Frames [from, to) of the host timeline.
    struct Span
    {
        int64_t from, to;
    };

    void run();
    std::shared_ptr<Set> openAssigned();
    void open(Stem& stem, double sampleRate, StemStatus& status);
    void follow(Set& set);
    std::vector<Span> spans(int64_t playhead) const;
    bool ensure(Set& set, size_t stem, int64_t frame);
    void evict(Set& set, const std::vector<Span>& keep);
    void report(const Set& set);
    void sweep(bool all);
    bool copy(const Stem& stem, int64_t hostFrame, uint32_t frames, float* left, float* right) const noexcept;

    std::function<void(const std::vector<StemStatus>&)> reported;
    std::thread thread;
    std::atomic<int64_t> wanted{0};
    /// Where the playhead was last set to.
    static constexpr uint32_t maxAnchors = 8;
    std::array<std::atomic<int64_t>, maxAnchors> anchors{};
    /// Counts calls of `render`, so that a block is freed only when no call that could have seen it still runs.
    std::atomic<uint64_t> calls{0};

    // Audio thread only.
    int64_t expected = 0;
    uint32_t nextAnchor = 0;
    float gains[maxStems] = {};

    mutable std::mutex guard; // what follows; never on the audio thread
    std::condition_variable wake, opened;
    std::vector<StemAssignment> assigned;
    double rate = 0;
    bool assignedNew = false, opening = false, quit = false;

    // Stem thread only.
    std::vector<StemStatus> lastReport;
    std::vector<std::pair<uint64_t, std::unique_ptr<Block>>> graveyard;

    /// Owns the set for the audio thread's sake; the stem thread holds one, too.
    struct Shared
    {
        std::shared_ptr<Set> set;
    };
    Handoff<Shared> handoff;
};

} // namespace sonidesk
