import { build } from '../main/tooling/build.mjs';

/** Tests that start real processes run the programs as users get them: built. */
export default async function setup(): Promise<void> {
  await build();
}
