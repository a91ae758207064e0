#include "StemPlayer.hpp"
#include <algorithm>
#include <cmath>
#include <cstring>

namespace sonidesk {

using namespace std::chrono_literals;

/// Kept in memory around the playhead, in seconds. What is ahead lasts half a second at 20 times real time; the thread looks every 10 ms.
static constexpr double behindSeconds = 10, aheadSeconds = 10;
/// Read first after a locate, and kept at the start of a stem and where the playhead was last set to.
static constexpr double headSeconds = 2;
static constexpr auto lookInterval = 10ms;
/// Stems that are missing or cannot be read are looked for again this often.
static constexpr auto retryInterval = 2s;
/// An offline export begins right after activate() and must not find the stems unread.
static constexpr auto openTimeout = 2s;

StemPlayer::Set::~Set()
{
    for (Stem& stem : stems)
        for (size_t i = 0; i < stem.blockCount; ++i) delete stem.blocks[i].load();
}

void StemPlayer::start(double sampleRate)
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        assignedNew |= sampleRate != rate && !assigned.empty();
        rate = sampleRate;
        quit = false;
    }
    wake.notify_one();
    if (!thread.joinable()) thread = std::thread([this] { run(); });
    std::unique_lock<std::mutex> lock(guard);
    opened.wait_for(lock, openTimeout, [this] { return !assignedNew && !opening; });
}

void StemPlayer::stop()
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        quit = true;
    }
    wake.notify_one();
    if (thread.joinable()) thread.join();
}

void StemPlayer::assign(std::vector<StemAssignment> stems)
{
    {
        const std::lock_guard<std::mutex> lock(guard);
        stems.resize(std::min<size_t>(stems.size(), maxStems));
        assigned = std::move(stems);
        assignedNew = true;
    }
    wake.notify_one();
}

uint32_t StemPlayer::render(int64_t hostFrame, uint32_t frames, Audio audio) noexcept
{
    bool changed;
    const Shared* shared = handoff.take(changed);
    if (hostFrame != expected) anchors[nextAnchor++ % maxAnchors].store(hostFrame, std::memory_order_relaxed);
    expected = hostFrame + frames;
    wanted.store(hostFrame, std::memory_order_relaxed);
    uint32_t count = 0;
    if (shared != nullptr && shared->set->playable.load(std::memory_order_acquire))
    {
        count = uint32_t(shared->set->stems.size());
        for (uint32_t i = 0; i < count; ++i)
        {
            const Stem& stem = shared->set->stems[i];
            gains[i] = stem.gain;
            if (!copy(stem, hostFrame, frames, audio[i][0], audio[i][1]))
            {
                count = 0;
                break;
            }
        }
    }
    calls.fetch_add(1);
    return count;
}

bool StemPlayer::copy(const Stem& stem, int64_t hostFrame, uint32_t frames, float* left, float* right) const noexcept
{
    int64_t at = hostFrame - stem.assignment.startFrame;
    uint32_t done = 0;
    if (at < 0)
    {
        done = uint32_t(std::min<int64_t>(frames, -at));
        std::fill_n(left, done, 0.0f);
        std::fill_n(right, done, 0.0f);
        at += done;
    }
    while (done < frames && uint64_t(at) < stem.frames)
    {
        const Block* block = stem.blocks[size_t(at / blockFrames)].load();
        if (block == nullptr) return false;
        const uint32_t inside = uint32_t(at % blockFrames);
        const uint32_t count = uint32_t(std::min<uint64_t>({frames - done, blockFrames - inside, stem.frames - uint64_t(at)}));
        std::copy_n(block->left + inside, count, left + done);
        std::copy_n(block->right + inside, count, right + done);
        done += count;
        at += count;
    }
    std::fill_n(left + done, frames - done, 0.0f);
    std::fill_n(right + done, frames - done, 0.0f);
    return true;
}

void StemPlayer::open(Stem& stem, double sampleRate, StemStatus& status)
{
    if (!stem.file.open(stem.assignment.file))
    {
        status.state = stem.file.missing() ? StemState::missing : StemState::unreadable;
        return;
    }
    if (stem.file.sampleRate() != sampleRate)
    {
        status.state = StemState::wrongRate;
        return;
    }
    stem.frames = stem.file.frames();
    stem.gain = stem.assignment.gainDb == 0 ? 1 : float(std::pow(10.0, stem.assignment.gainDb / 20));
    stem.blockCount = size_t((stem.frames + blockFrames - 1) / blockFrames);
    stem.blocks = std::make_unique<std::atomic<Block*>[]>(stem.blockCount);
}

/// A new set when the assignment or the rate changed; it is silent when there is no stem or one of them cannot be played.
std::shared_ptr<StemPlayer::Set> StemPlayer::openAssigned()
{
    auto set = std::make_shared<Set>();
    double sampleRate;
    {
        const std::lock_guard<std::mutex> lock(guard);
        if (!assignedNew) return nullptr;
        assignedNew = false;
        opening = true;
        sampleRate = rate;
        set->stems.resize(assigned.size());
        for (size_t i = 0; i < assigned.size(); ++i) set->stems[i].assignment = assigned[i];
    }
    bool good = !set->stems.empty();
    for (Stem& stem : set->stems)
    {
        StemStatus status{stem.assignment.name, StemState::ready};
        open(stem, sampleRate, status);
        good &= status.state == StemState::ready;
        set->states.push_back(std::move(status));
    }
    set->playable.store(good, std::memory_order_release);
    return set;
}

void StemPlayer::run()
{
    std::shared_ptr<Set> active;
    auto retryAt = std::chrono::steady_clock::now();
    for (;;)
    {
        if (auto next = openAssigned())
        {
            active = next;
            retryAt = std::chrono::steady_clock::now() + retryInterval;
            if (active->playable) follow(*active);
            report(*active);
            handoff.offer(std::make_unique<Shared>(Shared{active}));
            {
                const std::lock_guard<std::mutex> lock(guard);
                opening = false;
            }
            opened.notify_all();
        }
        if (active && active->playable) follow(*active);
        handoff.collect();
        sweep(false);
        std::unique_lock<std::mutex> lock(guard);
        const auto news = [this] { return quit || assignedNew; };
        if (!active || active->stems.empty())
            wake.wait(lock, news);
        else
            wake.wait_for(lock, lookInterval, news);
        if (quit) break;
        if (active && !active->playable && !active->stems.empty() && std::chrono::steady_clock::now() >= retryAt) assignedNew = true;
    }
    sweep(true);
}

void StemPlayer::report(const Set& set)
{
    if (set.states == lastReport) return;
    lastReport = set.states;
    reported(lastReport);
}

/// In the order in which they are needed.
std::vector<StemPlayer::Span> StemPlayer::spans(int64_t playhead) const
{
    double sampleRate;
    {
        const std::lock_guard<std::mutex> lock(guard);
        sampleRate = rate;
    }
    const int64_t head = int64_t(headSeconds * sampleRate);
    std::vector<Span> all = {{playhead, playhead + head}};
    for (const auto& anchor : anchors)
    {
        const int64_t from = anchor.load(std::memory_order_relaxed);
        all.push_back({from, from + head});
    }
    all.push_back({playhead, playhead + int64_t(aheadSeconds * sampleRate)});
    all.push_back({playhead - int64_t(behindSeconds * sampleRate), playhead});
    return all;
}

void StemPlayer::follow(Set& set)
{
    const int64_t playhead = wanted.load(std::memory_order_relaxed);
    const std::vector<Span> wantedSpans = spans(playhead);
    const int64_t head = wantedSpans.front().to - wantedSpans.front().from;
    evict(set, wantedSpans);
    for (const Span& span : wantedSpans)
        for (int64_t at = span.from; at < span.to + blockFrames; at += blockFrames)
            for (size_t i = 0; i < set.stems.size(); ++i)
            {
                if (!ensure(set, i, std::min(at, span.to - 1) - set.stems[i].assignment.startFrame)) return;
                // The playhead jumped: what it needs now comes first.
                if (std::abs(wanted.load(std::memory_order_relaxed) - playhead) > head) return;
            }
    for (int64_t at = 0; at < head; at += blockFrames)
        for (size_t i = 0; i < set.stems.size(); ++i)
            if (!ensure(set, i, at)) return;
}

/// Has the block that holds `frame` of the stem in memory. False when it cannot be read: then the set is not playable any more.
bool StemPlayer::ensure(Set& set, size_t index, int64_t frame)
{
    Stem& stem = set.stems[index];
    if (frame < 0 || uint64_t(frame) >= stem.frames) return true;
    const size_t at = size_t(frame / blockFrames);
    if (stem.blocks[at].load(std::memory_order_relaxed) != nullptr) return true;
    auto block = std::make_unique<Block>();
    const uint64_t start = uint64_t(at) * blockFrames;
    const uint32_t count = uint32_t(std::min<uint64_t>(blockFrames, stem.frames - start));
    if (!stem.file.read(start, count, block->left, block->right))
    {
        set.playable.store(false, std::memory_order_release);
        set.states[index].state = StemState::unreadable;
        report(set);
        return false;
    }
    stem.blocks[at].store(block.release());
    stem.resident.push_back(at);
    return true;
}

void StemPlayer::evict(Set& set, const std::vector<Span>& keep)
{
    const int64_t head = keep.front().to - keep.front().from;
    for (Stem& stem : set.stems)
    {
        const auto unwanted = [&](size_t index) {
            const int64_t start = int64_t(index) * blockFrames;
            if (start < head) return false;
            const int64_t from = start + stem.assignment.startFrame, to = from + blockFrames;
            return std::none_of(keep.begin(), keep.end(), [&](const Span& span) { return to > span.from && from < span.to; });
        };
        const auto gone = std::stable_partition(stem.resident.begin(), stem.resident.end(), [&](size_t index) { return !unwanted(index); });
        for (auto at = gone; at != stem.resident.end(); ++at)
        {
            std::unique_ptr<Block> block(stem.blocks[*at].exchange(nullptr));
            graveyard.emplace_back(calls.load(), std::move(block));
        }
        stem.resident.erase(gone, stem.resident.end());
    }
}

void StemPlayer::sweep(bool all)
{
    // Two calls later the one that could have seen the block has ended.
    const uint64_t now = calls.load();
    const auto keep = [&](const auto& grave) { return !all && now - grave.first < 2; };
    graveyard.erase(std::remove_if(graveyard.begin(), graveyard.end(), [&](const auto& grave) { return !keep(grave); }), graveyard.end());
}

} // namespace sonidesk
