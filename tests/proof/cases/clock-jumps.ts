import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../scripts/lib/paths';
import { findAsset, request, type Session, uploadPhoto } from '../../../scripts/lib/client';
import { type App, cutoutConfig, startApp, startWithSession, uploadsOf } from '../../support/app';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { until } from '../../support/until';
import { type Count, exactly, told } from '../report';

const HOUR_MS = 60 * 60_000;
const SHIFT = path.join(root, 'tests/support/shifted-clock.js');
/** Two looks of a process at its clock, and the lease of a process that is gone. */
const PATIENCE_MS = 90_000;
const SWEEP_MS = 30_000;

/**
 * The clock jumps by an hour while jobs run, while they wait for weights that are missing, and while the process that
 * held them is dead: everything goes on by itself, and each asset gets its cutout once.
 */
export async function clockJumps(hours: 1 | -1, size: number): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-clock-'));
  const { modelsDir, weights } = writeQuickModel(path.join(folder, 'models'));
  const clock = path.join(folder, 'clock');
  const env = {
    ...cutoutConfig({
      local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
      rules: { everything: true },
      jobs: { pollMs: 200, retryDelayMs: 200, leaseMs: 5000 },
    }),
    CUTOUT_TEST_CLOCK: clock,
  };
  let offset = 0;
  const jump = () => writeFileSync(clock, String((offset += hours * HOUR_MS)));
  const started = await startWithSession({ env, require: [SHIFT] });
  let { app } = started;
  let session: Session = started.session;
  const ids: number[] = [];
  const uploads = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const photo = path.join(folder, `disc-${ids.length}.jpg`);
      writeFileSync(photo, await disc(ids.length));
      ids.push((await uploadPhoto(session, photo)).id);
    }
  };
  try {
    await uploads(size);
    jump();
    await uploads(size);
    const running = await left(session, ids);

    // What waits for its weights was written by a clock that is an hour off when they are there.
    renameSync(weights, `${weights}.away`);
    await restart();
    await uploads(2);
    await sleep(3000);
    jump();
    renameSync(`${weights}.away`, weights);
    const waiting = await left(session, ids);

    // The lease of a process that was killed at work, and the locks of its rounds.
    await uploads(size);
    await app.kill();
    jump();
    await restart();
    const killed = await left(session, ids);

    const cutouts = () => uploadsOf(app).filter((name) => /_cutout_(?!matte|_thumbnail)/.test(name)).length;
    // What a killed process had stored already is swept just after the same job's next cutout is committed.
    await until('the sweep is done', () => cutouts() === ids.length, SWEEP_MS).catch(() => undefined);
    return [
      told('assets', ids.length),
      exactly('without a cutout after a jump while jobs ran', running, 0),
      exactly('without a cutout after a jump while jobs waited', waiting, 0),
      exactly('without a cutout after a jump between a kill and the next start', killed, 0),
      exactly('stored cutouts beyond one for each asset', cutouts() - ids.length, 0),
      exactly('unhandled rejections in the log', app.log().match(/unhandled/gi)?.length ?? 0, 0),
    ];
  } finally {
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }

  async function restart(): Promise<void> {
    if (app.process.exitCode === null && app.process.signalCode === null) await app.stop();
    app = await startAgain(app);
    const json = session.admin;
    const { data } = (await request(app.url, 'POST', '/admin/login', { json })) as { data: { token: string } };
    session = { ...session, url: app.url, jwt: data.token };
  }

  function startAgain({ dataDir }: App): Promise<App> {
    return startApp({ env, require: [SHIFT], dataDir });
  }
}

/** How many of the assets have no cutout when patience ends. */
async function left(session: Session, ids: number[]): Promise<number> {
  const open = new Set(ids);
  for (const deadline = performance.now() + PATIENCE_MS; open.size > 0 && performance.now() < deadline;) {
    for (const id of open) if ((await findAsset(session, id)).formats?.cutout) open.delete(id);
    if (open.size > 0) await sleep(300);
  }
  return open.size;
}
