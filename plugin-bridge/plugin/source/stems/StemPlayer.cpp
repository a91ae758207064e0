#include "StemPlayer.hpp"
#include <algorithm>
#include <cmath>

namespace sonidesk {

using namespace std::chrono_literals;

/// Kept in memory around the playhead: 2 s behind (short rewinds), 20 s ahead (1 s at 20 times real time), in frames at 48 kHz.
static constexpr int64_t behindFrames = 2 * 48000;
static constexpr int64_t aheadFrames = 20 * 48000;

StemPlayer::Set::~Set()
{
    for (Stem& stem : stems)
        for (size_t i = 0; i < stem.blockCount; ++i) delete stem.blocks[i].load();
}

void StemPlayer::start()
{
    if (thread.joinable()) return;
    quit = false;
    thread = std::thread([this] { run(); });
}

void StemPlayer::stop()
{
    quit = true;
    if (thread.joinable()) thread.join();
}

void StemPlayer::assign(std::vector<StemAssignment> stems, double sampleRate)
{
    const std::lock_guard<std::mutex> lock(guard);
    stems.resize(std::min<size_t>(stems.size(), maxStems));
    assignedStems = std::move(stems);
    assignedRate = sampleRate;
    assignedNew = true;
}

bool StemPlayer::render(int64_t hostFrame, uint32_t frames, const float* gains, float* left, float* right) noexcept
{
    bool changed;
    const Shared* shared = handoff.take(changed);
    wanted.store(hostFrame, std::memory_order_relaxed);
    bool complete = shared != nullptr && shared->set->playable.load(std::memory_order_acquire);
    if (complete)
    {
        std::fill_n(left, frames, 0.0f);
        std::fill_n(right, frames, 0.0f);
        for (size_t index = 0; index < shared->set->stems.size() && complete; ++index)
        {
            const Stem& stem = shared->set->stems[index];
            const float gain = gains[index] * stem.gain;
            int64_t at = hostFrame - stem.assignment.startFrame;
            uint32_t done = 0;
            if (at < 0)
            {
                done = uint32_t(std::min<int64_t>(frames, -at));
                at += done;
            }
            while (done < frames && uint64_t(at) < stem.frames)
            {
                const Block* block = stem.blocks[size_t(at / blockFrames)].load(std::memory_order_acquire);
                if (block == nullptr)
                {
                    complete = false;
                    break;
                }
                const uint32_t inside = uint32_t(at % blockFrames);
                const uint32_t count = uint32_t(std::min<uint64_t>({frames - done, blockFrames - inside, stem.frames - uint64_t(at)}));
                for (uint32_t n = 0; n < count; ++n)
                {
                    left[done + n] += gain * block->left[inside + n];
                    right[done + n] += gain * block->right[inside + n];
                }
                done += count;
                at += count;
            }
        }
    }
    calls.fetch_add(1, std::memory_order_release);
    return complete;
}

void StemPlayer::open(Set& set, double sampleRate)
{
    std::vector<StemStatus> states;
    bool good = !set.stems.empty();
    for (Stem& stem : set.stems)
    {
        StemStatus status{stem.assignment.name, StemState::ready};
        if (!stem.file.open(stem.assignment.file))
            status.state = stem.file.missing() ? StemState::missing : StemState::unreadable;
        else if (stem.file.sampleRate() != sampleRate)
            status.state = StemState::wrongRate;
        good &= status.state == StemState::ready;
        if (status.state == StemState::ready)
        {
            stem.frames = stem.file.frames();
            stem.gain = float(std::pow(10.0, stem.assignment.gainDb / 20));
            stem.blockCount = size_t((stem.frames + blockFrames - 1) / blockFrames);
            stem.blocks = std::make_unique<std::atomic<Block*>[]>(stem.blockCount);
        }
        states.push_back(std::move(status));
    }
    set.playable.store(good, std::memory_order_release);
    reported(states);
}

std::shared_ptr<StemPlayer::Set> StemPlayer::takeAssigned()
{
    auto set = std::make_shared<Set>();
    double sampleRate;
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (!assignedNew) return nullptr;
        assignedNew = false;
        sampleRate = assignedRate;
        set->stems.resize(assignedStems.size());
        for (size_t i = 0; i < assignedStems.size(); ++i) set->stems[i].assignment = assignedStems[i];
    }
    open(*set, sampleRate);
    return set;
}

void StemPlayer::run()
{
    std::shared_ptr<Set> active;
    while (!quit)
    {
        if (auto next = takeAssigned())
        {
            active = next;
            if (active->playable) load(*active, wanted);
            handoff.offer(std::make_unique<Shared>(Shared{active}));
        }
        if (active && active->playable) load(*active, wanted);
        handoff.collect();
        sweep(false);
        std::this_thread::sleep_for(10ms);
    }
    sweep(true);
}

void StemPlayer::load(Set& set, int64_t playhead)
{
    for (Stem& stem : set.stems)
    {
        const int64_t at = playhead - stem.assignment.startFrame;
        for (size_t i = 0; i < stem.blockCount && !quit; ++i)
        {
            const int64_t start = int64_t(i) * blockFrames, end = start + blockFrames;
            // The start of the song and of the stem stay: a locate to zero sounds at once.
            const bool near = (end > at - behindFrames && start < at + aheadFrames) || start < behindFrames;
            Block* held = stem.blocks[i].load(std::memory_order_relaxed);
            if (near && held == nullptr)
            {
                auto block = std::make_unique<Block>();
                const uint32_t count = uint32_t(std::min<uint64_t>(blockFrames, stem.frames - uint64_t(start)));
                if (!stem.file.read(uint64_t(start), count, block->left, block->right))
                {
                    set.playable.store(false, std::memory_order_release);
                    reported({{stem.assignment.name, StemState::unreadable}});
                    return;
                }
                stem.blocks[i].store(block.release(), std::memory_order_release);
            }
            else if (!near && held != nullptr)
            {
                stem.blocks[i].store(nullptr, std::memory_order_release);
                bury(held);
            }
        }
    }
}

void StemPlayer::bury(Block* block) { graveyard.emplace_back(calls.load(std::memory_order_acquire), std::unique_ptr<Block>(block)); }

void StemPlayer::sweep(bool all)
{
    // Two calls later the one that could have seen the block has ended.
    const uint64_t now = calls.load(std::memory_order_acquire);
    const auto keep = [&](const auto& grave) { return !all && now - grave.first < 2; };
    graveyard.erase(std::remove_if(graveyard.begin(), graveyard.end(), [&](const auto& grave) { return !keep(grave); }), graveyard.end());
}

} // namespace sonidesk
