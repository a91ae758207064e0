/**
 * Constant-power pan: left² + right² = 2 at every position, unity at the centre, +3 dB on one side at the
 * ends. A mono source (fed to both sides) keeps its loudness wherever it stands; a stereo source is
 * balanced by the same law.
 */
export function panGains(pan: number): readonly [left: number, right: number] {
  // Exactly 1, so that a centred strip passes bits unchanged; cos(π/4)·√2 is off by one ulp.
  if (pan === 0) return [1, 1];
  if (pan <= -1) return [Math.SQRT2, 0];
  if (pan >= 1) return [0, Math.SQRT2];
  const angle = ((pan + 1) * Math.PI) / 4;
  return [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)];
}
