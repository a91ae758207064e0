/**
 * The page's script: plays all stems together with solo, mute and seeking, and hides uncertain notes.
 * Plain media elements, because a page opened from disk may not fetch its neighbours. The first element that
 * starts at 0 leads; the others are set right when they drift by more than 40 ms, and wait for their start.
 */
export const player = `
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const tracks = all('audio[data-track]');
  const wholes = all('audio[data-whole]');
  const lanes = document.getElementById('lanes');
  const play = document.getElementById('play');
  const seek = document.getElementById('seek');
  const clock = document.getElementById('clock');
  const head = document.getElementById('playhead');
  if (lanes && play && tracks.length > 0) {
    const seconds = Number(lanes.dataset.seconds);
    const solo = new Set();
    const mute = new Set();
    let playing = false;
    const words = (time) => Math.floor(time / 60) + ':' + String(Math.floor(time % 60)).padStart(2, '0');
    const startOf = (audio) => Number(audio.dataset.start);
    const leader = tracks.find((a) => startOf(a) === 0) || tracks[0];
    const position = () => startOf(leader) + leader.currentTime;
    const begun = (audio) => position() >= startOf(audio);
    const draw = () => {
      const time = position();
      const svg = lanes.querySelector('svg');
      head.style.left = svg.offsetLeft !== undefined ? svg.offsetLeft + 'px' : '';
      const left = svg.getBoundingClientRect().left - lanes.getBoundingClientRect().left;
      head.style.left = left + (time / seconds) * svg.getBoundingClientRect().width + 'px';
      if (document.activeElement !== seek || playing) seek.value = String(time);
      seek.setAttribute('aria-valuetext', words(time));
      clock.textContent = words(time);
    };
    const audible = () => tracks.forEach((audio, i) => {
      audio.muted = mute.has(i) || (solo.size > 0 && !solo.has(i));
      audio.closest('.lane').classList.toggle('silent', audio.muted);
    });
    const together = () => tracks.forEach((audio) => {
      if (audio === leader || audio.ended) return;
      if (!begun(audio)) return audio.pause();
      const time = position() - startOf(audio);
      if (Math.abs(audio.currentTime - time) > 0.04) audio.currentTime = time;
      if (audio.paused && time < audio.duration) audio.play();
    });
    const stop = () => { playing = false; tracks.forEach((a) => a.pause()); play.textContent = '\\u25b6 Play'; draw(); };
    const start = async () => {
      wholes.forEach((a) => a.pause());
      if (position() >= seconds - 0.05) go(0);
      playing = true;
      play.textContent = '\\u275a\\u275a Pause';
      const results = await Promise.allSettled(tracks.filter(begun).map((a) => a.play()));
      if (results.every((r) => r.status === 'rejected')) {
        stop();
        clock.textContent = 'The audio files are not beside this page.';
        return;
      }
      frame();
    };
    const go = (time) => {
      tracks.forEach((a) => { a.currentTime = Math.min(seconds, Math.max(0, time - startOf(a))); });
      draw();
    };
    const frame = () => {
      if (!playing) return;
      draw();
      if (leader.ended) stop(); else requestAnimationFrame(frame);
    };
    setInterval(() => { if (playing) together(); }, 100);
    play.addEventListener('click', () => (playing ? stop() : start()));
    wholes.forEach((a) => a.addEventListener('play', stop));
    seek.addEventListener('input', () => go(Number(seek.value)));
    lanes.addEventListener('click', (event) => {
      const svg = event.target.closest('svg');
      if (!svg) return;
      const box = svg.getBoundingClientRect();
      go(((event.clientX - box.left) / box.width) * seconds);
    });
    const toggles = (name, chosen) => all('[data-' + name + ']').forEach((button) => {
      const index = Number(button.dataset[name]);
      button.addEventListener('click', () => {
        if (chosen.has(index)) chosen.delete(index); else chosen.add(index);
        button.setAttribute('aria-pressed', String(chosen.has(index)));
        audible();
      });
    });
    toggles('solo', solo);
    toggles('mute', mute);
    document.addEventListener('keydown', (event) => {
      if (event.code !== 'Space' || event.target.closest('button, input, audio, a')) return;
      event.preventDefault();
      play.click();
    });
    addEventListener('resize', draw);
    draw();
  }
  const confidence = document.getElementById('confidence');
  if (confidence) confidence.addEventListener('input', () => {
    const least = Number(confidence.value);
    document.getElementById('confidence-value').textContent = least * 10 + ' %';
    all('[data-confidence]').forEach((g) => g.classList.toggle('hidden', Number(g.dataset.confidence) < least));
  });
})();
`;
