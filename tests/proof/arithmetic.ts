import os from 'node:os';
import { probe } from '../../server/src/engines/local/forms/probe';
import { judge } from '../../server/src/engines/local/forms/choose';
import { sessionOptions } from '../../server/src/engines/local/graph';

/**
 * `npm run proof:arithmetic` tries 8-bit arithmetic on this processor, as a model's first run does, and prints what it finds.
 * Under an emulator it tells of processors that are not at hand: `qemu-x86_64 -cpu Haswell $(which node)
 * scripts/run-ts.mjs tests/proof/arithmetic.ts` for AVX2 without VNNI. Times say nothing there.
 */

/** An emulator takes minutes for what a model's first run does in a moment. */
const SIDE = 16;

async function main(): Promise<void> {
  const options = sessionOptions({ executionProviders: ['cpu'], threads: 1 });
  const [int8, paired] = [await probe('int8', options, SIDE), await probe('paired', options, SIDE)];
  console.log(JSON.stringify({ arch: os.arch(), int8, paired }));
  // By the sums alone: every form counts as fast, and its known matte as right.
  const { form } = await judge({
    probe: (each) => Promise.resolve({ ...(each === 'int8' ? int8 : paired), ratio: Infinity }),
    distance: () => Promise.resolve(0),
  });
  console.log(`would run as: ${form}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
