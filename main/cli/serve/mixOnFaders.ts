import type { FadersMoved } from '../../contracts/dawMixer.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { MixPlan } from '../../contracts/mixPlan.ts';
import { chosenPlan } from '../../desk/mixOf.ts';
import { ArdourMixer } from '../../../plugin-bridge/daws/ardour/ardourMixer.ts';
import {
  fadersReport,
  formerStrips,
  matchStrips,
  moveFaders,
  restOf,
  restoreFaders,
} from '../../../plugin-bridge/daws/faders.ts';
import type { DawMixer } from '../../../plugin-bridge/daws/mixer.ts';
import { forgetFormer, readFormer, writeFormer } from './formerFaders.ts';
import { readPlan, type ReturnOutcome, type ReturnSettings } from './returnResults.ts';
import { withBridge } from './withBridge.ts';

/** Puts a plan onto the faders of the DAW, or with `none` takes it back from there. @throws SoniError */
export async function mixOnFaders({ mix, none, track, stems, midi }: ReturnSettings): Promise<ReturnOutcome> {
  if (mix === undefined || (track ?? stems ?? midi) !== undefined) {
    throw new SoniError('bad-usage', '--faders goes with --mix alone: return --mix mix.json --faders.');
  }
  const plan = await readPlan(mix);
  const mixer = new ArdourMixer();
  try {
    return await (none ? takeBack(mixer, mix, plan) : put(mixer, mix, plan));
  } finally {
    mixer.close();
  }
}

async function put(mixer: DawMixer, file: string, plan: MixPlan): Promise<ReturnOutcome> {
  const strips = await mixer.strips();
  const matched = matchStrips(plan, strips, new Map());
  if (matched.pairs.length === 0) {
    throw new SoniError(
      'not-found',
      `None of the plan's tracks (${matched.missing.join(', ')}) is called like a strip of ${mixer.name}; its strips are ${strips.join(', ')}. Give track and strip the same name.`,
    );
  }
  // Put there twice, it counts from how they were at first.
  const former = await formerStrips(mixer, matched, await readFormer(file));
  await writeFormer(file, former);
  const plugins = await givePlugins(restOf(plan, former));
  const moved = await moveFaders(mixer, plan, former);
  const report = fadersReport(mixer, plan, former, matched, moved, plugins);
  return { ...report, lines: linesOf(report) };
}

async function takeBack(mixer: DawMixer, file: string, plan: MixPlan): Promise<ReturnOutcome> {
  const former = await readFormer(file);
  if (former.length === 0) {
    throw new SoniError('not-found', `${file} is on no faders; there is nothing to put back.`);
  }
  await mixer.strips();
  await givePlugins(chosenPlan(plan, { strength: 0, skipped: [] }));
  await restoreFaders(mixer, former);
  await forgetFormer(file);
  const strips = former.map(({ strip }) => strip);
  return { daw: mixer.name, restored: strips, lines: [`As they were: ${strips.join(', ')}`] };
}

/** To the plugins of the tracks with the plan's names; to none where nobody serves any. */
async function givePlugins(plan: MixPlan): Promise<string[]> {
  try {
    const { applied } = await withBridge((bridge) => bridge.call('returnMix', { track: null, plan }));
    return applied.filter(({ delivered }) => delivered).map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof SoniError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

function linesOf({ daw, moved, plugins, atTop, held, missing, others, left }: FadersMoved): string[] {
  const line = (names: readonly string[], text: (names: string) => string) =>
    names.length === 0 ? [] : [text(names.join(', '))];
  return [
    ...line(moved, (names) => `gain and pan on ${daw}'s strips: ${names}`),
    ...line(plugins, (names) => `the rest in the plugins of: ${names}`),
    ...left.map(({ track, moves }) => `${track}: ${moves.join(', ')} would need the plugin on the track`),
    ...line(atTop, (names) => `at the top of the fader, the mix wants more: ${names}`),
    ...line(held, (names) => `did not move, perhaps for automation: ${names}`),
    ...line(
      missing,
      (names) => `no strip is called ${names} (there are also: ${others.join(', ') || 'none'})`,
    ),
  ];
}
