#pragma once
#include "Check.hpp"
#include "ClapHost.hpp"
#include "FakeApp.hpp"
#include "Signals.hpp"
#include <cmath>

namespace host {

void blocks(const Options& options);
void strip(const Options& options);
void automation(const Options& options);
void stems(const Options& options);
void notes(const Options& options);
void capture(const Options& options);
void state(const Options& options);
void instances(const Options& options);

/// Lets the instance run, stopped, until the app heard `wanted` of it.
template <class Wanted> bool settle(ClapInstance& one, FakeApp& app, Wanted wanted, Song song = {})
{
    song.playing = false;
    return until([&] { return wanted(app.heard()); }, [&] { one.roll(song, 128, 128); });
}

/// Activates the instance and waits until the app has heard all of it.
inline bool connect(ClapInstance& one, FakeApp& app)
{
    one.activate();
    return check(settle(one, app, [](const Heard& heard) { return !heard.status.is_null(); }), "connected");
}

} // namespace host
