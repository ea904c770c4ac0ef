'use strict';

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** @typedef {import('../../server/src/api/contracts').AssetStatus} AssetStatus */
/** @typedef {{ url: string, admin: { email: string, password: string }, jwt: string, token: string }} Session */
/** @typedef {{ id: number, name: string, url: string, hash: string, ext: string, mime: string, width: number, height: number, formats: Record<string, any> | null }} Asset */

/** An answer of Strapi that is no success; its message is Strapi's own. */
class HttpError extends Error {
  /** @param {string} what @param {number} status @param {string} message @param {unknown} body */
  constructor(what, status, message, body) {
    super(`${what}: ${status} ${message}`);
    this.status = status;
    /** What Strapi said, without the request. */
    this.reply = message;
    this.body = body;
  }
}

/**
 * One request to Strapi; JSON in, JSON out. Each has a connection of its own: a kept one may be closed by the server at the
 * moment it is used again, and a request that changes something cannot simply be sent twice.
 * @param {string} base
 * @param {string} method
 * @param {string} route
 * @param {{ bearer?: string, json?: unknown, form?: FormData, timeoutMs?: number }} [options]
 * @returns {Promise<any>}
 */
async function request(base, method, route, { bearer, json, form, timeoutMs = 60_000 } = {}) {
  // Knows its bytes and its type, with the boundary of a form.
  const body = json === undefined ? new Response(form) : Response.json(json);
  const type = body.headers.get('content-type');
  const payload = Buffer.from(await body.arrayBuffer());
  const headers = {
    ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    ...(type ? { 'content-type': type } : {}),
  };
  const response = await send(base + route, { method, headers, signal: AbortSignal.timeout(timeoutMs) }, payload);
  const isJson = response.text && response.type.includes('json');
  const answer = isJson ? JSON.parse(response.text) : response.text;
  if (response.status >= 200 && response.status < 300) return answer;
  const message = answer?.error?.message ?? response.text.slice(0, 200);
  throw new HttpError(`${method} ${route}`, response.status, message, answer);
}

/**
 * @param {string} url
 * @param {http.RequestOptions} options
 * @param {Buffer} payload
 * @returns {Promise<{ status: number, type: string, text: string }>}
 */
function send(url, options, payload) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { ...options, agent: false }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.once('error', reject);
    sent.end(payload);
  });
}

/**
 * Makes a fresh database usable: its first admin with a random password, logged in, and a full-access API token.
 * @param {string} url
 * @returns {Promise<Session>}
 */
async function openSession(url) {
  const admin = { email: 'admin@example.com', password: `A1${randomBytes(12).toString('base64url')}` };
  const person = { ...admin, firstname: 'Demo', lastname: 'Admin' };
  await request(url, 'POST', '/admin/register-admin', { json: person });
  const { data: login } = await request(url, 'POST', '/admin/login', { json: admin });
  const json = { name: 'trial', description: 'Made at the start', type: 'full-access', lifespan: null };
  const { data: token } = await request(url, 'POST', '/admin/api-tokens', { bearer: login.token, json });
  return { url, admin, jwt: login.token, token: token.accessKey };
}

/** Types that a browser says by the extension; older versions of Strapi believe it. @type {Record<string, string>} */
const TYPES = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' };

/** @param {string} file */
function asBlob(file) {
  return new Blob([new Uint8Array(fs.readFileSync(file))], { type: TYPES[path.extname(file).toLowerCase()] ?? '' });
}

/**
 * Uploads a photo through the content API.
 * @param {Session} session
 * @param {string} file
 * @param {Record<string, string>} [fields] Further multipart fields, e.g. `ref`, `refId` and `field`.
 * @returns {Promise<Asset>}
 */
async function uploadPhoto(session, file, fields = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('files', asBlob(file), path.basename(file));
  const [asset] = await request(session.url, 'POST', '/api/upload', {
    bearer: session.token,
    form,
    timeoutMs: 300_000,
  });
  return asset;
}

/**
 * Creates a product.
 * @param {Session} session
 * @param {Record<string, unknown>} data
 * @returns {Promise<{ id: number, documentId: string }>}
 */
async function createProduct(session, data) {
  const { data: product } = await request(session.url, 'POST', '/api/products', {
    bearer: session.token,
    json: { data },
  });
  return product;
}

/** @param {Session} session @param {number} id @returns {Promise<Asset>} */
const findAsset = (session, id) => request(session.url, 'GET', `/api/upload/files/${id}`, { bearer: session.token });

/** What the plugin knows of an asset. @param {Session} session @param {number} id @returns {Promise<AssetStatus>} */
async function assetStatus(session, id) {
  const { data } = await request(session.url, 'GET', `/cutout/assets/${id}`, { bearer: session.jwt });
  return data;
}

/** Whether it waits for something that somebody has to bring about: nobody watches it for so long. @param {AssetStatus} status */
const waitsLong = ({ state, retryAt }) =>
  state === 'waiting' && retryAt !== null && Date.parse(retryAt) > Date.now() + 20_000;

/**
 * Waits until the plugin is done with an asset, whether it has a cutout then or a reason why not.
 * @param {Session} session
 * @param {number} id
 * @param {{ timeoutMs?: number, pollMs?: number }} [options]
 * @returns {Promise<AssetStatus>}
 */
async function settled(session, id, { timeoutMs = 180_000, pollMs = 100 } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await assetStatus(session, id);
    if (['ready', 'skipped', 'failed', 'held'].includes(status.state) || waitsLong(status)) return status;
    if (Date.now() > deadline) {
      const reason = status.reason ? ` (${status.reason.message})` : '';
      throw new Error(`Asset ${id} is still ${status.state} after ${timeoutMs / 1000} s${reason}.`);
    }
    await sleep(pollMs);
  }
}

/** @param {string} url @param {string} file */
async function download(url, file) {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  fs.writeFileSync(file, Buffer.from(await response.arrayBuffer()));
}

module.exports = {
  assetStatus,
  createProduct,
  download,
  findAsset,
  HttpError,
  openSession,
  request,
  settled,
  uploadPhoto,
};
