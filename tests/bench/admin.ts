import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { root } from '../../scripts/lib/paths';
import { writeScene } from '../fixtures/files';
import {
  type App,
  createProduct,
  cutoutConfig,
  request,
  type Session,
  startWithSession,
  uploadPhoto,
} from '../support/app';
import { findBrowser, openAdmin, openBrowser, type Page } from '../support/browser';
import { machine } from './report';

/**
 * What somebody in front of the admin waits for: `npm run bench:admin` prints the figures and writes ADMIN.md. A real
 * browser on the production build, the default model with its default settings.
 */

const PHOTO = { width: 1200, height: 900 };
const CLICKS = 9;
const ASSETS = 5000;
const TIMES = 7;
const bars = { readyMs: 300, firstPageMs: 1000 };

interface Figures {
  /** From the commit of a cutout to the word on the page; milliseconds. */
  ready: number[];
  /** From the click to the word. */
  whole: number[];
  /** From the click on the plugin's link to the first page of the grid. */
  first: number[];
  /** From the click on the next page to its pictures. */
  next: number[];
}

async function measure(): Promise<Figures> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-admin-bench-'));
  const local = { cacheDir: path.join(root, '.cutout/models') };
  const { app, session } = await startWithSession({ env: cutoutConfig({ local }) });
  const browser = await openBrowser();
  try {
    const page = await openAdmin(browser, session);
    const clicks = await pressAndSee(page, session, folder);
    fillLibrary(app);
    return { ...clicks, ...(await lookThrough(page, session)) };
  } finally {
    await browser.close();
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Presses "Remove background" in one entry after the other. The first, which loads the model, does not count. */
async function pressAndSee(page: Page, session: Session, folder: string): Promise<Pick<Figures, 'ready' | 'whole'>> {
  const ready: number[] = [];
  const whole: number[] = [];
  for (let click = 0; click <= CLICKS; click += 1) {
    const { photo } = await writeScene({ kind: 'mug', seed: 40 + click, ...PHOTO }, folder, `mug-${click}`);
    const { id } = await uploadPhoto(session, photo);
    const { documentId } = await createProduct(session, { title: 'A product', plain: id });
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    await page.getByRole('button', { name: `Remove background: mug-${click}.jpg` }).waitFor();
    await page.waitForLoadState('networkidle');
    const seen = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const look = () => {
            const all = [...document.querySelectorAll('[role=status]')];
            if (!all.some(({ textContent }) => textContent?.includes('Ready'))) return;
            observer.disconnect();
            resolve(Date.now());
          };
          const observer = new MutationObserver(look);
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
    );
    const pressedAt = Date.now();
    await page.getByRole('button', { name: `Remove background: mug-${click}.jpg` }).click();
    const seenAt = await seen;
    const { data } = await request(session.url, 'GET', '/api/cutout/jobs?sort=id:desc', { bearer: session.token });
    const job = (data as { fileId: number; finishedAt: string }[]).find(({ fileId }) => fileId === id)!;
    if (click === 0) continue;
    ready.push(seenAt - new Date(job.finishedAt).getTime());
    whole.push(seenAt - pressedAt);
    await sleep(300);
  }
  return { ready, whole };
}

/** Assets like the last one that was made, with a job each, written beside the running Strapi. */
function fillLibrary({ dataDir }: App): void {
  const db = new Sqlite(path.join(dataDir, 'data.db'));
  try {
    db.pragma('busy_timeout = 10000');
    const columnsOf = (table: string, but: string[]) =>
      (db.pragma(`table_info(${table})`) as { name: string }[])
        .map(({ name }) => name)
        .filter((name) => ![...but, 'id'].includes(name))
        .join(', ');
    const last = (table: string) => (db.prepare(`select max(id) as id from ${table}`).get() as { id: number }).id;
    const model = { file: last('files'), asset: last('cutout_assets'), job: last('cutout_jobs') };
    const file = columnsOf('files', ['document_id', 'name']);
    const asset = columnsOf('cutout_assets', ['file_id']);
    const job = columnsOf('cutout_jobs', ['file_id']);
    const copies = {
      file: db.prepare(
        `insert into files (document_id, name, ${file}) select lower(hex(randomblob(12))), ?, ${file} from files where id = ?`,
      ),
      asset: db.prepare(
        `insert into cutout_assets (file_id, ${asset}) select ?, ${asset} from cutout_assets where id = ?`,
      ),
      job: db.prepare(`insert into cutout_jobs (file_id, ${job}) select ?, ${job} from cutout_jobs where id = ?`),
    };
    db.transaction(() => {
      for (let index = 0; index < ASSETS; index += 1) {
        const { lastInsertRowid: id } = copies.file.run(`mug-copy-${index}.jpg`, model.file);
        copies.asset.run(id, model.asset);
        copies.job.run(id, model.job);
      }
    })();
  } finally {
    db.close();
  }
}

async function lookThrough(page: Page, session: Session): Promise<Pick<Figures, 'first' | 'next'>> {
  const first: number[] = [];
  const next: number[] = [];
  const cards = page.getByRole('list', { name: 'Images and their cutouts' }).getByRole('listitem');
  for (let time = 0; time <= TIMES; time += 1) {
    await page.goto(`${session.url}/admin/`);
    await page.getByRole('link', { name: 'Cutout' }).waitFor();
    await page.waitForLoadState('networkidle');
    const openedAt = Date.now();
    await page.getByRole('link', { name: 'Cutout' }).click();
    await cards.last().getByText('Ready').waitFor();
    const opened = Date.now() - openedAt;
    const name = (await cards.last().innerText()).split('\n').find((line) => line.endsWith('.jpg'))!;
    await page.waitForLoadState('networkidle');
    const turnedAt = Date.now();
    await page.getByRole('link', { name: 'Go to next page' }).click();
    await cards.filter({ hasText: name }).waitFor({ state: 'detached' });
    await cards.last().getByText('Ready').waitFor();
    // The first time the browser reads the page's code.
    if (time > 0) [first, next].forEach((list, at) => list.push(at === 0 ? opened : Date.now() - turnedAt));
  }
  return { first, next };
}

const middle = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const verdict = (holds: boolean): string => (holds ? 'holds' : 'MISSED');

function asMarkdown({ ready, whole, first, next }: Figures): string {
  const times = (values: number[]) => `${middle(values)} ms (${Math.min(...values)} to ${Math.max(...values)})`;
  const rows = [
    [
      'from a cutout\'s commit to "Ready" in the side panel',
      times(ready),
      `≤ ${bars.readyMs} ms`,
      verdict(middle(ready) <= bars.readyMs),
    ],
    ['from the click to "Ready", model loaded', times(whole), '', ''],
    [
      `first page of ${ASSETS} images, from the click on the plugin's link`,
      times(first),
      `≤ ${bars.firstPageMs} ms`,
      verdict(middle(first) <= bars.firstPageMs),
    ],
    ['its next page', times(next), '', ''],
  ];
  const { cpu, cores, memoryGb, loadAverage, node, os: system } = machine(root);
  return `# The admin panel

Written by \`npm run bench:admin\`: medians of ${CLICKS} and ${TIMES}, with the quickest and the slowest. Chromium without a window on the
production build, a real Strapi on SQLite, the default model with default settings; photos (generated scenes) of
${(PHOTO.width * PHOTO.height) / 1e6} megapixels. Browser, Strapi and model share the machine's cores.

Machine: ${cpu}, ${cores} cores, ${memoryGb} GB, load average at the end ${loadAverage}; Node ${node}, ${system}.

| figure | measured | bar | |
|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
}

async function main(): Promise<void> {
  if (findBrowser() === null || !existsSync('/proc')) throw new Error('bench:admin: expected Linux with a Chromium.');
  const page = asMarkdown(await measure());
  writeFileSync(path.join(root, 'tests/bench/ADMIN.md'), page);
  process.stdout.write(page);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
