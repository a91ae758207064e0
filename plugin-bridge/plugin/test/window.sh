#!/bin/sh
# The plugin's window under a virtual display: the JACK program shows it, it has its size and is drawn. Usage: window.sh PROGRAM [PICTURE].
set -eu
for tool in Xvfb jackd xdotool import; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed (Debian xvfb, jackd2, xdotool, imagemagick)"; exit 0; }
done
picture=${2:-$(mktemp --suffix .png)}
log=$(mktemp)
export JACK_DEFAULT_SERVER=sonidesk-window-$$ JACK_NO_AUDIO_RESERVATION=1 LIBGL_ALWAYS_SOFTWARE=1
export SONIDESK_BRIDGE=${SONIDESK_BRIDGE:-/nonexistent}
jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -d dummy >"$log" 2>&1 &
jack=$!
Xvfb -displayfd 3 -screen 0 900x600x24 3>"$log.display" >/dev/null 2>&1 &
display=$!
program=
trap 'kill $program $display $jack 2>/dev/null; wait 2>/dev/null' EXIT
tries=0
until [ -s "$log.display" ] && jack_wait -c -s "$JACK_DEFAULT_SERVER" 2>/dev/null | grep -q '^running'; do
    tries=$((tries + 1)); [ $tries -lt 100 ] || { echo "no display or no JACK server"; exit 1; }
    sleep 0.2
done
export DISPLAY=:$(cat "$log.display")
"$1" >"$log" 2>&1 &
program=$!
window=$(timeout 60 xdotool search --sync --onlyvisible --name SoniDesk | head -n 1)
tries=0
# Drawn: more than a few colours.
until import -window "$window" "$picture" 2>/dev/null && [ "$(identify -format %k "$picture")" -gt 20 ]; do
    tries=$((tries + 1)); [ $tries -lt 100 ] || { echo "the window stays empty"; exit 1; }
    sleep 0.2
done
[ "$(identify -format %wx%h "$picture")" = 640x320 ] || { echo "the window is $(identify -format %wx%h "$picture")"; exit 1; }
echo "the window is shown and drawn"
