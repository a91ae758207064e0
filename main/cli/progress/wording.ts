import type { Seconds } from '../../contracts/units.ts';

/** "0:07", "12:30", "1:02:05": the time left, rounded up. */
export function timeLeft(seconds: Seconds): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}
