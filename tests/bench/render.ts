import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths';
import { writeScene } from '../fixtures/files';
import { type App, cutoutConfig, request, type Session, startWithSession, uploadPhoto } from '../support/app';
import { copyApp } from '../support/app-copy';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { startTs } from '../support/ts-process';
import type { Load } from './render-load';
import { machine } from './report';

/**
 * What a rendered picture costs the Strapi process: `npm run bench:render` prints the figures and writes RENDER.md. Beside
 * each stands what an empty route of the same Strapi costs, as most of the work is Strapi's own.
 */

const PIXELS = { width: 1600, height: 1200 };
const LARGE = { width: 4000, height: 3000 };
const PREVIEW_WIDTH = 1200;
const PREVIEWS = 15;
const CONNECTIONS = 20;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
const DIFFERENT = 50;
const IDLE_MS = 10_000;
const bars = { perSecond: 1000, delayP99Ms: 50, previewMs: 300 };

interface Delay {
  p50: number;
  p99: number;
  max: number;
}
interface Figures {
  empty: Load;
  cached: Load;
  known: Load;
  /** Without anything to do. */
  idle: Delay;
  renders: Delay & { seconds: number };
  /** Medians, in milliseconds. */
  preview: { usual: number; large: number };
}

/** Strapi's own route without a database, a picture or a thought. */
function addEmptyRoute(appDir: string): void {
  const api = path.join(appDir, 'src', 'api', 'empty');
  for (const folder of ['routes', 'controllers']) mkdirSync(path.join(api, folder), { recursive: true });
  const routes = [{ method: 'GET', path: '/empty', handler: 'empty.find' }];
  writeFileSync(path.join(api, 'routes', 'empty.js'), `module.exports = { routes: ${JSON.stringify(routes)} };\n`);
  const controller = "module.exports = { find: async (ctx) => { ctx.body = 'empty'; } };\n";
  writeFileSync(path.join(api, 'controllers', 'empty.js'), controller);
}

interface Role {
  id: number;
  name: string;
  description: string;
  type: string;
  permissions: Record<string, { controllers: Record<string, Record<string, { enabled: boolean }>> }>;
}

/** Anybody may ask for both. */
async function openRoutes({ url, jwt }: Session): Promise<void> {
  const asAdmin = (method: string, route: string, json?: object) =>
    request(url, method, `/users-permissions${route}`, { bearer: jwt, ...(json ? { json } : {}) });
  const { roles } = (await asAdmin('GET', '/roles')) as { roles: Role[] };
  const { id } = roles.find(({ type }) => type === 'public')!;
  const { role } = (await asAdmin('GET', `/roles/${id}`)) as { role: Role };
  role.permissions['plugin::cutout']!.controllers.render!.findOne!.enabled = true;
  role.permissions['api::empty']!.controllers.empty!.find!.enabled = true;
  const { name, description, permissions } = role;
  await asAdmin('PUT', `/roles/${id}`, { name, description, permissions });
}

async function load(url: string, route: string, seconds: number, ...header: string[]): Promise<Load> {
  const args = [url, route, CONNECTIONS, seconds, ...header].map(String);
  const { announced, stop } = await startTs<Load>('tests/bench/render-load.ts', args);
  await stop();
  return announced;
}

async function measured(url: string, route: string, status: number, ...header: string[]): Promise<Load> {
  await load(url, route, WARM_UP_SECONDS, ...header);
  const figures = await load(url, route, SECONDS, ...header);
  const others = Object.keys(figures.statuses).filter((one) => one !== String(status));
  if (others.length > 0) throw new Error(`${route} answered ${others.join(', ')} instead of ${status}.`);
  return figures;
}

function askProbe(app: App, probe: 'reset' | 'read'): Promise<Delay> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The probe in Strapi did not answer within 10 s.')), 10_000);
    app.process.once('message', (message: { probe: Delay }) => {
      clearTimeout(timer);
      resolve(message.probe);
    });
    app.process.send({ probe });
  });
}

async function observed(app: App, work: () => Promise<unknown>): Promise<Delay & { seconds: number }> {
  await askProbe(app, 'reset');
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { ...(await askProbe(app, 'read')), seconds };
}

async function renderDifferent(app: App, route: (width: number) => string): Promise<void> {
  const ask = async (width: number): Promise<number> => {
    const answer = await fetch(app.url + route(width));
    await answer.arrayBuffer();
    return answer.status;
  };
  const statuses = await Promise.all(Array.from({ length: DIFFERENT }, (_, index) => ask(200 + index * 10)));
  const failed = statuses.filter((status) => status !== 200);
  if (failed.length > 0) throw new Error(`${failed.length} of ${DIFFERENT} renders failed.`);
}

/** The median of previews as the editor asks for them, one after the other, each with options nobody asked for before. */
async function previewed({ url, jwt }: Session, id: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < PREVIEWS; count += 1) {
    const query = new URLSearchParams({ w: String(PREVIEW_WIDTH), bg_color: `#00${(16 + count).toString(16)}80` });
    const started = performance.now();
    const headers = { authorization: `Bearer ${jwt}` };
    const answer = await fetch(`${url}/cutout/assets/${id}/preview?${query}`, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`A preview was answered ${answer.status}.`);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(PREVIEWS / 2)]!;
}

async function measure(): Promise<Figures> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-bench-'));
  const copy = copyApp();
  addEmptyRoute(copy.dir);
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    presets: { card: { format: 'webp', w: 600 } },
    render: { mode: 'options', cacheDir: path.join(folder, 'renders'), waitMs: 600_000 },
  };
  const { app, session } = await startWithSession({
    appDir: copy.dir,
    env: cutoutConfig(config),
    require: [path.join(root, 'tests/support/probe.js')],
  });
  try {
    const upload = async (name: string, size: typeof PIXELS): Promise<number> => {
      const { photo } = await writeScene({ kind: 'plant', seed: 3, ...size }, folder, name);
      const { id } = await uploadPhoto(session, photo);
      const asked = { bearer: session.token, json: { presets: ['card'], wait: 30 } };
      const { data } = await request(session.url, 'POST', `/api/cutout/files/${id}/process`, asked);
      if (data.status !== 'ready') throw new Error(`The benchmark's photo got no cutout: ${data.reason?.message}`);
      return id;
    };
    const [id, large] = [await upload('photo', PIXELS), await upload('large', LARGE)];
    await openRoutes(session);
    const route = (width: number) => `/api/cutout/files/${id}/render?preset=card&w=${width}`;
    const first = await fetch(app.url + route(600));
    await first.arrayBuffer();
    const etag = first.headers.get('etag') ?? '';
    const empty = await measured(app.url, '/api/empty', 200);
    const cached = await measured(app.url, route(600), 200);
    const known = await measured(app.url, route(600), 304, 'if-none-match', etag);
    const renders = await observed(app, () => renderDifferent(app, route));
    const idle = await observed(app, () => sleep(IDLE_MS));
    const preview = { usual: await previewed(session, id), large: await previewed(session, large) };
    return { empty, cached, known, renders, idle, preview };
  } finally {
    await app.stop();
    app.remove();
    copy.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

const verdict = (holds: boolean) => (holds ? 'holds' : '**falls short**');

function asMarkdown({ empty, cached, known, renders, idle, preview }: Figures): string {
  const rate = (load: Load) =>
    `${Math.round(load.perSecond)} / s = ${(load.perSecond / empty.perSecond).toFixed(2)} of the empty route`;
  const times = (load: Load) => `${load.p50Ms.toFixed(1)} / ${load.p99Ms.toFixed(1)} ms`;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const rows = [
    ['an empty content API route of Strapi', `${Math.round(empty.perSecond)} / s`, '', ''],
    [
      `a render from the cache (${Math.round(cached.bytes / 1024)} KB)`,
      rate(cached),
      `≥ ${bars.perSecond} / s`,
      verdict(cached.perSecond >= bars.perSecond),
    ],
    ['a render that the caller has (304)', rate(known), '', ''],
    ['p50 / p99 of an answer: empty', times(empty), '', ''],
    ['the same of a render from the cache', times(cached), '', ''],
    [
      `event-loop delay p99, ${DIFFERENT} different renders at once`,
      ms(renders.p99),
      `< ${bars.delayP99Ms} ms`,
      verdict(renders.p99 < bars.delayP99Ms),
    ],
    ['the same without a render', ms(idle.p99), '', ''],
    ['longest delay, with / without', `${ms(renders.max)} / ${ms(idle.max)}`, '', ''],
    [`all ${DIFFERENT} renders, one after the other`, `${renders.seconds.toFixed(1)} s`, '', ''],
    [
      `a preview in the editor, ${PREVIEW_WIDTH} px, never asked before (median of ${PREVIEWS})`,
      `${Math.round(preview.usual)} ms`,
      `≤ ${bars.previewMs} ms`,
      verdict(preview.usual <= bars.previewMs),
    ],
    [
      `the same of a photo of ${(LARGE.width * LARGE.height) / 1e6} megapixels`,
      `${Math.round(preview.large)} ms`,
      '',
      '',
    ],
  ];
  const { cpu, cores, memoryGb, loadAverage, node, os: system } = machine(root);
  return `# Rendered pictures

Written by \`npm run bench:render\`. A real Strapi app in production mode on SQLite, its request log included; ${CONNECTIONS} connections on
loopback from a process on the same machine, ${SECONDS} s after ${WARM_UP_SECONDS} s of warming up, as anybody (the public role). Every request
is checked by Strapi (public role, permissions) and reads its asset's row. The photo (generated scene) has ${(PIXELS.width * PIXELS.height) / 1e6} megapixels.

Machine: ${cpu}, ${cores} cores, ${memoryGb} GB, load average at the end ${loadAverage}; Node ${node}, ${system}.

| figure | measured | bar | |
|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

Delays are intervals between ticks of a 1 ms timer inside Strapi's process, so an idle loop reads little more than 1 ms. On a
machine that is busy with other work the ratio to the empty route tells more than the rates.
`;
}

async function main(): Promise<void> {
  if (!existsSync('/proc/self/status')) throw new Error('bench:render: expected Linux, as the other benchmarks do.');
  const page = asMarkdown(await measure());
  writeFileSync(path.join(root, 'tests/bench/RENDER.md'), page);
  process.stdout.write(page);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
