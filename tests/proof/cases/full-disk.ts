import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assetStatus, request, uploadPhoto } from '../../../scripts/lib/client';
import { newDataDir } from '../../../scripts/lib/app';
import { cutoutConfig, startWithSession } from '../../support/app';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { until } from '../../support/until';
import { type Count, exactly, told } from '../report';

/** What is full, or may not be written. */
export type Trouble = 'uploads full' | 'uploads read-only' | 'temp folder full';

/** Mounting needs root, of Linux. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0;

const mount = (folder: string) => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
};
const remount = (folder: string, how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, folder]);

/** Leaves a few kilobytes: enough for no picture. */
function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path.join(folder, 'filling'), Buffer.alloc((bavail - 1) * bsize));
}

/** A job meets a disk that is full or read-only; it waits, and goes on by itself when there is room. */
export async function fullDisk(trouble: Trouble): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-full-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const dataDir = newDataDir();
  const temp = path.join(folder, 'temp');
  const uploads = path.join(dataDir, 'public', 'uploads');
  const mounts = [temp, uploads];
  mounts.forEach(mount);
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    jobs: { pollMs: 200 },
  };
  const { app, session } = await startWithSession({ dataDir, env: { ...cutoutConfig(config), TMPDIR: temp } });
  try {
    const photo = path.join(folder, 'disc.jpg');
    writeFileSync(photo, await disc(1));
    const { id } = await uploadPhoto(session, photo, { cutout: 'false' });
    const struck = trouble === 'temp folder full' ? temp : uploads;
    if (trouble === 'uploads read-only') remount(struck, 'ro');
    else fill(struck);
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
    const settled = ['waiting', 'failed', 'held', 'ready'];
    await until('the job has met it', async () => settled.includes((await assetStatus(session, id)).state), 120_000);
    const { state, reason } = await assetStatus(session, id);
    if (trouble === 'uploads read-only') remount(struck, 'rw');
    else rmSync(path.join(struck, 'filling'));
    const isReady = async () => (await assetStatus(session, id)).state === 'ready';
    const back = Date.now();
    const healed = await until('the cutout is made', isReady, 120_000).catch(() => false);
    return [
      exactly('jobs that wait with a word', Number(state === 'waiting' && reason !== null), 1),
      told('their word', `${state}: ${reason?.code}, ${reason?.message}`),
      exactly('words that name a path of the server', Number(reason?.message.includes(folder) ?? false), 0),
      exactly('cutouts made by themselves when there is room', Number(healed), 1),
      told('seconds until then', Math.round((Date.now() - back) / 1000)),
      exactly('Strapi processes that ended', Number(app.process.exitCode !== null), 0),
    ];
  } finally {
    await app.stop();
    for (const each of mounts) execFileSync('umount', ['-l', each]);
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
