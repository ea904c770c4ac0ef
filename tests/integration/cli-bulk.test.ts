import { assetStatus, type Session } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import type { BulkView } from '../../server/src/bulk-words';
import { type CoreApp, discard, upload } from '../support/core';
import { type Ran, runCutout } from '../support/cutout-command';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';

/** `cutout bulk` beside a Strapi of the same app, which does the work. */

let app: CoreApp;
let session: Session;
beforeAll(async () => {
  ({ app, session } = await startQuickApp());
}, 180_000);
afterAll(() => discard(app));

/** With the app's own database and folders, which it finds in the environment. */
const bulk = (...args: string[]): Promise<Ran> =>
  runCutout(['bulk', ...args], { cwd: paths.app, env: process.env as Record<string, string> });

it('tells what would be done, does it, and pauses for nobody who only looks', async () => {
  const files: number[] = [];
  for (const seed of [1, 2]) {
    files.push((await upload(session, { name: `disc-${seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg' })).id);
  }
  const looked = await bulk('--preset', 'default');
  expect(looked.stdout.toString()).toContain('2 would be made');
  expect(looked.stdout.toString()).toContain('Nothing was started');
  expect(looked.code).toBe(0);
  expect(await assetStatus(session, files[0]!)).toMatchObject({ state: 'none' });

  const ran = await bulk('--preset', 'default', '--start', '--json');
  expect(ran.stderr).toBe('');
  const run = JSON.parse(ran.stdout.toString()) as BulkView;
  expect(run).toMatchObject({ state: 'done', jobs: { done: 2, failed: 0 } });
  for (const file of files) expect(await assetStatus(session, file)).toMatchObject({ state: 'ready' });

  const listed = await bulk('list');
  expect(listed.stdout.toString().split('\n')[0]).toBe(`Bulk run ${run.id}: done, 2 done`);
  const paused = await bulk('pause', String(run.id));
  expect(paused).toMatchObject({ code: 1 });
  expect(paused.stderr).toContain(`Bulk run ${run.id} cannot be paused: it is done`);
}, 180_000);

it('names the flag that is wrong, and a folder that is no app', async () => {
  const odd = await bulk('--state', 'old');
  expect(odd.code).toBe(2);
  expect(odd.stderr).toMatch(/^cutout: --state: /);
  const elsewhere = await bulk('--app', app.dataDir);
  expect(elsewhere.code).toBe(2);
  expect(elsewhere.stderr).toContain('Expected the folder of a Strapi app');
});
