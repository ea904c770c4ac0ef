import type { Session } from '../../scripts/lib/client';
import { type CoreApp, discard, idle, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { tokenOf } from '../support/tokens';
import { until } from '../support/until';

let app: CoreApp;
let session: Session;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({ rules: { everything: true } }));
}, 120_000);
afterAll(() => discard(app));

const scrape = (bearer: string) =>
  fetch(`${session.url}/api/cutout/metrics`, { headers: { authorization: `Bearer ${bearer}` } });

it('a scraper with a read-only token is told what waits and what was done', async () => {
  await upload(session, { name: 'a.jpg', bytes: await disc(1), type: 'image/jpeg' });
  await idle(app);
  const token = await tokenOf(session, { type: 'read-only' });
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
}, 90_000);
