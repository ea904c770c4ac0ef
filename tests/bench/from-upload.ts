import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { Session } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import { writeScene } from '../fixtures/files';
import { childrenOf } from '../support/app';
import { bootCore, type CoreApp, jobsOf, listen, removeData, upload } from '../support/core';
import { until } from '../support/until';
import { photos } from './photos';
import { median } from './setting';

const ROUNDS = 5;
/** Of each round, after the one that finds no child. The first two of all warm up. */
const WARM = 4;
/** So soon a child without work ends. */
const IDLE_MS = 4000;

/** Milliseconds, of a photo of 1 megapixel with the default model and settings. */
export interface FromUpload {
  /** Of the model alone, in the warm jobs. */
  run: number;
  /** From the upload's answer to the variant in the asset's `formats`, the picture child being there. */
  warm: number;
  /** The same with no child: it has to start and load the model. */
  cold: number;
}

/** How soon an upload has its cutout: uploads to a real Strapi, one after another, each of bytes of its own. */
export async function fromUpload(): Promise<FromUpload> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-from-upload-'));
  const local = { cacheDir: path.join(paths.root, '.cutout/models'), idleTimeoutMs: IDLE_MS };
  const app = await bootCore({ config: { local, jobs: {}, rules: { everything: { engine: 'local' } } } });
  try {
    const session = await listen(app);
    const { photo } = await writeScene(photos['1 MP'], folder, 'photo');
    const measure = createMeasure(app, session, photo);
    const others = childrenOf(process.pid).length;
    const [cold, warm]: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      await until('the picture child has ended', async () => childrenOf(process.pid).length <= others, 60_000);
      // What its end gave back is not asked for in the same moment.
      await sleep(1000);
      cold.push(await measure());
      for (let run = 0; run < WARM; run += 1) {
        const taken = await measure();
        if (run > 1) warm.push(taken);
      }
    }
    const middle = (taken: Taken[], of: keyof Taken) => Math.round(median(taken.map((each) => each[of])));
    return { run: middle(warm, 'run'), warm: middle(warm, 'ms'), cold: middle(cold, 'ms') };
  } finally {
    await app.stop();
    removeData(app);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Taken {
  ms: number;
  run: number;
}

function createMeasure(app: CoreApp, session: Session, photo: string): () => Promise<Taken> {
  let count = 0;
  return async () => {
    count += 1;
    // A corner of another grey: equal pictures are cut out once.
    const background = { r: count * 8, g: count * 8, b: 99 };
    const corner = { create: { width: 32, height: 32, channels: 3 as const, background } };
    const overlay = { input: corner, left: 0, top: 0 };
    const bytes = await sharp(photo).composite([overlay]).jpeg({ quality: 92 }).toBuffer();
    const { id } = await upload(session, { name: `photo-${count}.jpg`, bytes, type: 'image/jpeg' });
    const answered = performance.now();
    const where = { id };
    const files = app.strapi.db.query('plugin::upload.file');
    for (;;) {
      const { formats } = await files.findOne({ select: ['formats'], where });
      if (formats?.cutout) break;
      if (performance.now() > answered + 60_000) throw new Error('The photo got no cutout within 60 s.');
      await sleep(5);
    }
    const ms = performance.now() - answered;
    const ended = async () => (await jobsOf(app, id)).find(({ state }) => state === 'done');
    const { timings } = await until('its job is done', ended, 60_000);
    return { ms, run: timings?.run ?? Number.NaN };
  };
}
