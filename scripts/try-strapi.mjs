/**
 * Tries the packed plugin in a fresh app of one Strapi version, in a folder of its own outside the repository, and
 * prints what works: `node scripts/try-strapi.mjs 5.40.0 [--keep]`. Takes minutes and about 1 GB; needs an npm registry.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { startApp } from './lib/app.js';
import { copiesOf, writeBareApp } from './lib/bare-app.js';
import { findBrowser, openAdmin, openBrowser } from './lib/browser.js';
import { createProduct, findAsset, openSession, request, settled, uploadPhoto } from './lib/client.js';
import { root } from './lib/paths.js';
import { prepare, strapiBin } from './lib/prepare.js';
import { childEnv, npm, run } from './lib/run.js';

/** @typedef {import('./lib/client.js').Session} Session */

const minutes = 60_000;
const execute = promisify(execFile);
const [version = '', ...flags] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+/.test(version) || flags.some((flag) => flag !== '--keep')) {
  process.stderr.write('Expected a version of Strapi, e.g. `node scripts/try-strapi.mjs 5.40.0 [--keep]`.\n');
  process.exit(2);
}
const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
/** @type {{ what: string, fault: string | null }[]} */
const results = [];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), `cutout-strapi-${version}-`));

/** Runs one step and notes its outcome. @param {string} what @param {() => Promise<string | void>} step */
async function check(what, step) {
  const start = Date.now();
  try {
    const more = await step();
    results.push({ what, fault: null });
    say(`ok      ${what}${more ? `: ${more}` : ''} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    results.push({ what, fault });
    say(`FAILED  ${what}: ${fault}`);
    return false;
  }
}

try {
  await prepare({ say, admin: false });
  if (
    (await check('packages install', install)) &&
    (await check('admin panel builds', () => strapi('build').then(() => undefined)))
  ) {
    await tryApp();
  }
} finally {
  if (flags.includes('--keep')) say(`Kept: ${folder}`);
  else fs.rmSync(folder, { recursive: true, force: true });
}
const bad = results.filter(({ fault }) => fault !== null).length;
say(`Strapi ${version}: ${results.length - bad} work, ${bad} do not`);
process.exitCode = bad === 0 ? 0 : 1;

async function install() {
  const [pack, packing] = npm(['pack', '--ignore-scripts', '--pack-destination', folder]);
  await run('Packing', pack, packing, { cwd: root, timeoutMs: 5 * minutes });
  const tarball = fs.readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
  writeBareApp(folder, {
    tarball: path.join(folder, tarball),
    strapi: version,
    config: { rules: { everything: true } },
  });
  // Strapi's other packages need no install step; SQLite's binding is the one that the repository has already.
  const [command, args] = npm(['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']);
  await run('Installing', command, args, { cwd: folder, timeoutMs: 15 * minutes });
  const binding = 'node_modules/better-sqlite3/build';
  fs.cpSync(path.join(root, binding), path.join(folder, binding), { recursive: true });
  await putModel();
  // Apps have one, and Strapi's log complains without.
  await sharp({ create: { width: 16, height: 16, channels: 3, background: '#ffffff' } })
    .png()
    .toFile(path.join(folder, 'favicon.png'));
  const copies = ['sharp', '@strapi/design-system', '@strapi/icons', 'react-intl'].map(
    (name) => `${copiesOf(name, folder).length} × ${name}`,
  );
  return copies.join(', ');
}

async function putModel() {
  const cache = path.join(root, '.cutout/models');
  const args = [path.join(root, 'dist/cli/index.js'), 'models', 'pull', 'isnet-fp16', '--cache-dir', cache, '--json'];
  await execute(process.execPath, args, { cwd: root, env: childEnv(), timeout: 10 * minutes });
  fs.cpSync(path.join(cache, 'isnet-fp16.onnx'), path.join(folder, 'models/isnet-fp16.onnx'));
}

/** @param {string[]} command */
function strapi(...command) {
  const args = [strapiBin(folder), ...command];
  return run(`strapi ${command.join(' ')}`, process.execPath, args, {
    cwd: folder,
    timeoutMs: 10 * minutes,
    env: { NODE_ENV: 'production' },
  });
}

async function tryApp() {
  /** @type {Awaited<ReturnType<typeof startApp>> | undefined} */
  let app;
  if (!(await check('Strapi starts', async () => void (app = await startApp({ appDir: folder }))))) return;
  if (!app) return;
  try {
    const session = await openSession(app.url);
    await trySession(session);
  } finally {
    const running = app;
    await check('Strapi stops in order', async () => {
      await running.stop();
      const { code, signal } = await running.exited;
      if (signal) throw new Error(`it had to be ended by ${signal}.`);
      return `code ${code}`;
    });
    const complaints = running
      .log()
      .split('\n')
      .filter((line) => /\berror\b|no such column|is not a function/i.test(line));
    await check('its log has no error', async () => {
      if (complaints.length > 0) throw new Error(complaints.slice(0, 5).join('\n'));
    });
    running.remove();
  }
}

/** @param {Session} session */
async function trySession(session) {
  const photo = path.join(folder, 'photo.jpg');
  await writePhoto(photo);
  let id = 0;
  await check('an upload gets its cutout (rule everything)', async () => {
    ({ id } = await uploadPhoto(session, photo));
    return await cutoutOf(session, id);
  });
  let documentId = '';
  await check('an entry with the photo is saved, its field asks for a cutout', async () => {
    const product = await createProduct(session, { title: 'Trial' });
    documentId = product.documentId;
    const target = { ref: 'api::product.product', refId: String(product.id), field: 'photo' };
    return await cutoutOf(session, (await uploadPhoto(session, photo, target)).id);
  });
  const bearer = session.jwt;
  await check('admin routes answer', async () => {
    await request(session.url, 'GET', '/cutout/overview', { bearer });
    await request(session.url, 'GET', '/cutout/usage', { bearer });
    const json = { presets: ['default'] };
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer, json });
    await cutoutOf(session, id);
    await request(session.url, 'DELETE', `/cutout/assets/${id}`, { bearer });
  });
  if (findBrowser() === null) return say('not tried: the admin in a browser (no Chromium here)');
  await tryAdmin(session, documentId);
}

/** @param {Session} session @param {number} id */
async function cutoutOf(session, id) {
  const { state, reason } = await settled(session, id);
  if (state !== 'ready') throw new Error(`the asset is ${state}${reason ? `: ${reason.message}` : ''}`);
  const { formats, ...asset } = await findAsset(session, id);
  const keys = Object.keys(formats ?? {}).filter((key) => key.startsWith('cutout'));
  if (!keys.includes('cutout')) throw new Error(`the asset is ready without formats.cutout (${keys.join(', ')}).`);
  const { status } = await fetch(new URL(formats?.cutout.url, session.url));
  if (status !== 200) throw new Error(`GET of the cutout answered ${status}.`);
  const focus =
    'focalPoint' in asset ? (asset.focalPoint ? 'focal point set' : 'no focal point') : 'without focal points';
  return `${keys.join(', ')}; ${focus}`;
}

/** @param {Session} session @param {string} documentId */
async function tryAdmin(session, documentId) {
  const browser = await openBrowser();
  try {
    const page = await openAdmin(browser, session);
    const list = '/admin/content-manager/collection-types/api::product.product';
    await check('the side panel shows in the edit view', async () => {
      await page.goto(`${session.url}${list}/${documentId}`);
      await page.getByRole('heading', { name: 'Cutout' }).waitFor();
      await page.getByRole('status').filter({ hasText: 'Ready' }).first().waitFor();
    });
    await check('the credits page shows', async () => {
      await page.goto(`${session.url}/admin/plugins/cutout/credits`);
      await page.getByText('Saved credits').first().waitFor();
    });
  } finally {
    await browser.close();
  }
}

/** A plain picture with a clear subject: a vase on a ground that fades. @param {string} file */
async function writePhoto(file) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="700">
    <defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#c9d4dc"/><stop offset="1" stop-color="#8f9aa3"/></linearGradient></defs>
    <rect width="900" height="700" fill="url(#g)"/><ellipse cx="450" cy="600" rx="170" ry="26" fill="#6d7780"/>
    <path d="M390 120h120c-10 90 90 150 90 290 0 110-60 190-150 190s-150-80-150-190c0-140 100-200 90-290z" fill="#b8452f"/></svg>`;
  await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toFile(file);
}
