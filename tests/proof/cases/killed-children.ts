import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetStatus, request, uploadPhoto } from '../../../scripts/lib/client';
import { childrenOf, cutoutConfig, startWithSession } from '../../support/app';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { type Count, exactly, told } from '../report';

/** How a picture child dies: killed as the kernel does when memory is short, or refused the memory that it asks for. */
export type Death = 'SIGKILL' | 'no memory';

/** Those that only copy files never load the image library. */
function isPictureChild(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libvips');
  } catch {
    return false;
  }
}

/** Every picture child of a job dies, as often as it is started; then they live again. Linux only. */
export async function killedChildren(death: Death): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-killed-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    jobs: { pollMs: 200, retryDelayMs: 200, maxAttempts: 3 },
  };
  const { app, session } = await startWithSession({ env: cutoutConfig(config) });
  const struck = new Set<number>();
  const strike = () => {
    for (const pid of childrenOf(app.pid).filter((child) => !struck.has(child) && isPictureChild(child))) {
      struck.add(pid);
      try {
        if (death === 'SIGKILL') process.kill(pid, 'SIGKILL');
        // Node has reserved more than that already: whatever it asks for from here on is refused.
        else execFileSync('prlimit', ['--pid', String(pid), '--as=200000000']);
      } catch {
        // It has ended by itself.
      }
    }
  };
  try {
    const photo = path.join(folder, 'disc.jpg');
    // Large enough that a child is at work for a while after it is found.
    writeFileSync(photo, await disc(1, { width: 4000, height: 3000 }));
    const { id } = await uploadPhoto(session, photo, { cutout: 'false' });
    const run = () => request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
    const striking = setInterval(strike, 5);
    await run();
    const state = async () => (await assetStatus(session, id)).state;
    const ended = await stateOf(state, ['failed', 'ready']).finally(() => clearInterval(striking));
    const { reason, attempts } = await assetStatus(session, id);
    await run();
    const healed = await stateOf(state, ['ready']);
    return [
      told('children that died', struck.size),
      exactly('Strapi processes that ended', Number(app.process.exitCode !== null), 0),
      told('how the job ended', `${ended}: ${reason?.code}, ${reason?.message}`),
      exactly('jobs that ended otherwise than with a word', Number(ended !== 'failed' || !reason), 0),
      exactly('tries before', attempts, 3),
      exactly('cutouts once children live again', Number(healed === 'ready'), 1),
      exactly('unhandled rejections in the log', app.log().match(/unhandled/gi)?.length ?? 0, 0),
    ];
  } finally {
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function stateOf(look: () => Promise<string>, wanted: string[]): Promise<string> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const state = await look();
    if (wanted.includes(state) || Date.now() > deadline) return state;
    await sleep(20);
  }
}
