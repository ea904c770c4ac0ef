import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request, type Session } from '../../scripts/lib/client';
import { bootCore, type CoreApp, idle, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

let folder: string;
let app: CoreApp;
let session: Session;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-metrics-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  app = await bootCore({ config: { local, rules: { everything: true } } });
  session = await listen(app);
}, 120_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

const scrape = (bearer?: string) =>
  fetch(`${session.url}/api/cutout/metrics`, bearer ? { headers: { authorization: `Bearer ${bearer}` } } : {});
const tokenOf = async (name: string, type: string): Promise<string> => {
  const json = { name, description: '', type, lifespan: null };
  const { data } = await request(session.url, 'POST', '/admin/api-tokens', { bearer: session.jwt, json });
  return data.accessKey as string;
};

it('a scraper with a read-only token is told what waits and what was done, nobody else', async () => {
  await upload(session, { name: 'a.jpg', bytes: await disc(1), type: 'image/jpeg' });
  await idle(app);
  const token = await tokenOf('prometheus', 'read-only');
  const done =
    /^cutout_job_runs_total\{(?=.*outcome="done")(?=.*engine="local")(?=.*code="none")(?=.*process=".+").*\} 1$/m;
  const text = await until('the process has told', async () => {
    const answer = await scrape(token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const body = await answer.text();
    return done.test(body) && body;
  });
  expect(text).toMatch(/^cutout_queue_due 0$/m);
  expect(text).toMatch(/^cutout_queue_oldest_due_seconds 0$/m);
  expect(text).toMatch(/^cutout_credits\{kind="charged"\} 0$/m);
  expect(text).toMatch(/^cutout_job_duration_seconds_count\{.*outcome="done".*\} 1$/m);
  expect(text).toMatch(/^cutout_picture_children_memory_bytes\{.*\} \d+$/m);
  expect((await scrape()).status).toBe(403);
  expect((await scrape(session.jwt)).status).toBe(401);
}, 90_000);
