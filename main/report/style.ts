/** The page's whole look. Light and dark follow the system; nothing is loaded from outside. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f2; --panel: #ffffff; --ink: #1d1f24; --soft: #62666f; --line: #dddbd5; --accent: #3f63d6;
  --grid: #00000012; --bar: #00000030;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171c; --panel: #1d2027; --ink: #e9e8e4; --soft: #a0a4ae; --line: #30343d; --accent: #9db4ff;
    --grid: #ffffff10; --bar: #ffffff2b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", "DejaVu Sans", sans-serif;
}
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 14px; }
h3 { font-size: 15px; margin: 18px 0 6px; }
p { margin: 0 0 10px; max-width: 76ch; }
.quiet { color: var(--soft); font-size: 13px; font-weight: 400; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 22px; margin: 20px 0; }
.chips { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; margin: 18px 0 0; padding: 0; }
.chip {
  display: inline-flex; align-items: center; gap: 8px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 999px; padding: 4px 14px; white-space: nowrap;
}
meter { width: 44px; height: 8px; }
button {
  font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px;
  padding: 5px 14px; cursor: pointer;
}
button:hover { border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#play { background: var(--accent); color: var(--panel); border-color: transparent; min-width: 96px; font-weight: 600; }
.transport { display: flex; gap: 16px; align-items: center; margin-bottom: 14px; }
.seek { display: flex; gap: 10px; align-items: center; flex: 1; }
.seek input { flex: 1; min-width: 80px; }
input[type="range"] { accent-color: var(--accent); }
.scroll, .wide { overflow-x: auto; }
.picture { display: block; width: 100%; height: auto; border-radius: 10px; margin-bottom: 14px; }
.lanes { position: relative; }
.lane { display: grid; grid-template-columns: 148px 1fr; border-top: 1px solid var(--line); }
.lane > svg { width: 100%; height: 64px; display: block; cursor: text; }
.lane.roll > svg { height: clamp(150px, calc(var(--rows) * 5px), 380px); cursor: auto; }
.head {
  position: sticky; left: 0; z-index: 2; background: var(--panel); display: flex; justify-content: space-between;
  align-items: center; gap: 8px; padding-right: 10px;
}
.roll .head { align-items: flex-start; padding-top: 8px; }
.name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; border-left: 4px solid var(--track, transparent); padding-left: 10px; }
.buttons { display: flex; gap: 4px; }
.buttons button { padding: 0; width: 28px; height: 28px; font-size: 12px; font-weight: 700; }
.buttons button[aria-pressed="true"] { background: var(--track); border-color: var(--track); color: #fff; }
.lane.silent > svg { opacity: 0.3; }
.wave { fill: var(--track); fill-opacity: 0.45; }
.rms { fill: var(--track); }
.beat, .bar, .octave-line { stroke: var(--grid); fill: none; vector-effect: non-scaling-stroke; stroke-width: 1; }
.bar, .octave-line { stroke: var(--bar); }
.octave-line { stroke-dasharray: 2 4; }
.octave { position: absolute; right: 10px; transform: translateY(-50%); font-size: 11px; color: var(--soft); }
.stem path { stroke: var(--track); stroke-width: var(--note); fill: none; }
.stem .v0 { stroke-opacity: 0.4; } .stem .v1 { stroke-opacity: 0.6; } .stem .v2 { stroke-opacity: 0.8; }
.stem .hidden { display: none; }
.ruler { border-bottom: 0; }
.marks { position: relative; height: 24px; }
.marks span { position: absolute; font-size: 11px; color: var(--soft); padding-left: 4px; border-left: 1px solid var(--bar); line-height: 20px; }
.marks span[style*="left: 100%"] { display: none; }
#playhead {
  position: absolute; top: 0; bottom: 24px; width: 2px; margin-left: -1px; left: 148px; background: var(--ink);
  pointer-events: none; z-index: 1;
}
.legend { display: flex; flex-wrap: wrap; gap: 18px; align-items: center; margin: 14px 0 0; }
.key { display: inline-flex; align-items: center; gap: 7px; }
.key i { width: 12px; height: 12px; border-radius: 3px; background: var(--track); }
.confidence { display: inline-flex; gap: 10px; align-items: center; margin-left: auto; }
output { min-width: 44px; font-variant-numeric: tabular-nums; }
#clock { min-width: 36px; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; }
table.small { width: auto; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; }
th, td { text-align: left; padding: 7px 14px 7px 0; vertical-align: middle; }
thead th { color: var(--soft); font-weight: 400; font-size: 13px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody th { font-weight: 600; }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.strips tbody { border-bottom: 1px solid var(--line); }
.strips th[scope="row"] { min-width: 100px; }
.strips th .quiet { display: block; padding-left: 19px; }
.strips td { font-size: 14px; }
.why td { padding: 0 0 12px 19px; }
.why ul { margin: 0; padding: 0; list-style: none; display: grid; gap: 3px; }
.why li b { margin-right: 8px; }
.why li span { color: var(--soft); }
.eq { width: 220px; height: 72px; display: block; border: 1px solid var(--line); border-radius: 6px; }
.eq .curve { fill: none; stroke: var(--track); stroke-width: 2; vector-effect: non-scaling-stroke; }
.eq .fill { fill: var(--track); fill-opacity: 0.18; }
.cards { display: flex; flex-wrap: wrap; gap: 28px 56px; margin-top: 20px; align-items: flex-start; }
figure { margin: 0; } figcaption { font-weight: 600; padding-bottom: 8px; }
.plain { padding-left: 18px; margin: 0 0 10px; max-width: 90ch; }
footer { padding: 4px 24px 48px; }
@media (max-width: 640px) {
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  section { padding: 14px; }
  .lane { grid-template-columns: 118px 1fr; } #playhead { left: 118px; }
}
@media print { .transport, .buttons, .confidence, audio { display: none; } section { break-inside: avoid; } }
`;
