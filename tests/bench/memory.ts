import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../server/src/pool/contract';
import { writeScene } from '../fixtures/files';
import { hugePhoto, photo } from './photos';
import { cut, memoryGb, options, round, type Measurement, type Setting } from './setting';

const BARS = { '12 MP': 0.6, '100 MP': 1.2, growth: 1.05 } as const;
const IDLE_MS = 2000;

function childOf(pool: Pool): number {
  const [pid] = pool.pids();
  if (pid === undefined) throw new Error('Expected a picture child to be alive, but there is none.');
  return pid;
}

/** Peak of a fresh child over some pictures, each with its matte written, and how it ends after them. */
async function peakOf(setting: Setting, sources: string[]): Promise<{ peakGb: number; goneAfterIdle: boolean }> {
  const pool = setting.pool(1, IDLE_MS);
  try {
    for (const source of sources) await cut(setting, pool, source, { writeMatte: true });
    const pid = childOf(pool);
    const peakGb = round(memoryGb(pid, 'VmHWM'), 3);
    await sleep(IDLE_MS + 3000);
    return { peakGb, goneAfterIdle: pool.pids().length === 0 && !existsSync(`/proc/${pid}`) };
  } finally {
    await pool.destroy();
  }
}

const SERIES = 20;

/** Peak of every child that a series of large pictures takes, the pool replacing those that hold too much. */
async function seriesOf(setting: Setting, sources: string[]): Promise<{ peakGb: number; children: number }> {
  const pool = setting.pool();
  const peaks = new Map<number, number>();
  try {
    for (let i = 0; i < (setting.quick ? 4 : SERIES); i++) {
      setting.say(`4: large picture ${i + 1} of ${SERIES}`);
      await cut(setting, pool, sources[i % sources.length]!, { writeMatte: true });
      for (const pid of pool.pids()) peaks.set(pid, memoryGb(pid, 'VmHWM'));
    }
  } finally {
    await pool.destroy();
  }
  return { peakGb: round(Math.max(...peaks.values()), 3), children: peaks.size };
}

/** Resident memory after a tenth of the recomposes against that after all of them. */
async function growth(setting: Setting): Promise<{ count: number; beforeGb: number; afterGb: number; ratio: number }> {
  const count = setting.quick ? 500 : 10_000;
  const { photo: source } = await writeScene(
    { kind: 'mug', backdrop: 'studio', width: 640, height: 480, seed: 1 },
    setting.folder,
    'small',
  );
  const pool = setting.pool();
  try {
    const { result } = await cut(setting, pool, source, { writeMatte: true });
    const matte = { kind: 'file' as const, path: result.matte.file!.path };
    const colours = ['#ff8800', '#003366', 'white', '#11223344'].map((bg_color) => options({ bg_color, w: 320 }));
    let beforeGb = 0;
    for (let i = 0; i < count; i++) {
      await cut(setting, pool, source, { matte, options: colours[i % colours.length], key: 'small' });
      if (i === count / 10) beforeGb = memoryGb(childOf(pool), 'VmRSS');
      if (i % 1000 === 0) setting.say(`4: recompose ${i} of ${count}`);
    }
    const afterGb = memoryGb(childOf(pool), 'VmRSS');
    return { count, beforeGb: round(beforeGb, 3), afterGb: round(afterGb, 3), ratio: round(afterGb / beforeGb, 3) };
  } finally {
    await pool.destroy();
  }
}

/** Figure 4: the picture child's memory. */
export async function measureMemory(setting: Setting): Promise<Measurement> {
  setting.say('4: peak at 12 MP');
  const photos = await Promise.all((['12 MP', '12 MP hair'] as const).map((name) => photo(setting.folder, name)));
  const large = await peakOf(setting, [...photos, ...photos]);
  setting.say('4: peak at 100 MP');
  const huge = await peakOf(setting, [await hugePhoto(setting.folder)]);
  const series = await seriesOf(setting, [photos[1]!, await hugePhoto(setting.folder)]);
  const grown = await growth(setting);
  const gone = large.goneAfterIdle && huge.goneAfterIdle;
  return {
    title: "The picture child's memory (GB = 10⁹ bytes)",
    holds:
      large.peakGb <= BARS['12 MP'] &&
      Math.max(huge.peakGb, series.peakGb) <= BARS['100 MP'] &&
      gone &&
      grown.ratio < BARS.growth,
    figures: { '12 MP': large, '100 MP': huge, series, recomposes: grown },
    rows: [
      ['12 MP: peak', `${large.peakGb} GB`, `≤ ${BARS['12 MP']} GB`],
      ['100 MP: peak', `${huge.peakGb} GB`, `≤ ${BARS['100 MP']} GB`],
      [
        `${SERIES} pictures of 12 and 100 MP in turn: peak`,
        `${series.peakGb} GB, children: ${series.children}`,
        `≤ ${BARS['100 MP']} GB`,
      ],
      ['gone after the idle time', gone ? 'yes' : 'no', 'yes'],
      [
        `${grown.count} recomposes`,
        `${grown.beforeGb} GB → ${grown.afterGb} GB, × ${grown.ratio}`,
        `< × ${BARS.growth}`,
      ],
    ],
  };
}
