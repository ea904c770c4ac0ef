'use strict';

const fs = require('node:fs');
const path = require('node:path');
const client = require('../client');

/** @typedef {import('../client').Session} Session */

/**
 * What became of one photo.
 * @typedef {object} PhotoResult
 * @property {string} input The path as given.
 * @property {string | null} output Path of the written cutout.
 * @property {string | null} url Address of the cutout in the app.
 * @property {number | null} ms From the upload's start until the asset had its cutout.
 * @property {'local' | 'remote' | null} engine
 * @property {string | null} model
 * @property {'ready' | 'skipped' | 'failed'} status
 * @property {string | null} reason One sentence; null when ready.
 */

/** @param {string} input @param {string} reason @returns {PhotoResult} */
const failed = (input, reason) => ({
  input,
  output: null,
  url: null,
  ms: null,
  engine: null,
  model: null,
  status: 'failed',
  reason,
});

/**
 * Why a path cannot be a photo, as far as the file system knows.
 * @param {string} file
 * @returns {string | null}
 */
function problemOf(file) {
  try {
    const stat = fs.statSync(file);
    if (!stat.isFile()) return stat.isDirectory() ? 'is a folder, not a photo.' : 'is no regular file.';
    if (stat.size === 0) return 'is empty (0 bytes).';
    fs.accessSync(file, fs.constants.R_OK);
    return null;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist.';
    if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: permission denied.';
    return `cannot be read: ${message}.`;
  }
}

/**
 * Puts one photo through the app as a site would: a product, its photo uploaded into the field, the rule, the job.
 * @param {Session} session
 * @param {string} input
 * @param {string} file
 * @param {string} output Where the cutout goes, without extension.
 * @returns {Promise<PhotoResult>}
 */
async function cutPhoto(session, input, file, output) {
  const start = Date.now();
  try {
    const product = await client.createProduct(session, { title: path.basename(file) });
    const target = { ref: 'api::product.product', refId: String(product.id), field: 'photo' };
    const asset = await client.uploadPhoto(session, file, target);
    const status = await client.settled(session, asset.id);
    const ms = Date.now() - start;
    const { engine, model } = status;
    if (status.state !== 'ready') {
      const state = status.state === 'skipped' ? 'skipped' : 'failed';
      return {
        ...failed(input, sentence(status.reason?.message ?? 'no reason was given')),
        engine,
        model,
        status: state,
      };
    }
    const cutout = status.variants.find((variant) => variant.key === 'cutout');
    if (!cutout) return failed(input, "The asset is ready but has no 'cutout' among its formats.");
    const url = new URL(cutout.url, session.url).href;
    const written = output + path.extname(new URL(url).pathname);
    await client.download(url, written);
    return { input, output: written, url, ms, engine, model, status: 'ready', reason: null };
  } catch (error) {
    if (error instanceof client.HttpError && error.status < 500) {
      return failed(input, sentence(`was refused by Strapi: ${error.reply}`));
    }
    return failed(input, sentence(error instanceof Error ? error.message : String(error)));
  }
}

/** @param {string} text */
const sentence = (text) => (text.endsWith('.') ? text : `${text}.`);

/**
 * Names outputs after their inputs, without extension; equal names get a number.
 * @param {string} outDir
 * @returns {(input: string) => string}
 */
function outputNames(outDir) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return (input) => {
    const name = path.basename(input, path.extname(input));
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return path.join(outDir, `${name}${count > 1 ? `-${count}` : ''}.cutout`);
  };
}

module.exports = { cutPhoto, failed, outputNames, problemOf };
