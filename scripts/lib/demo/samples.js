'use strict';

const path = require('node:path');
const client = require('../client');
const paths = require('../paths');
const { run } = require('../run');
const { hashOf, isFresh, stamp } = require('../stamp');

/** @typedef {import('../client').Session} Session */
/** @typedef {import('./photos').PhotoResult} PhotoResult */

const folder = path.join(paths.cache, 'demo-photos');
const scenes = [
  { name: 'mug', kind: 'mug', seed: 11, width: 1600, height: 1200 },
  { name: 'chair', kind: 'chair', seed: 4, width: 1200, height: 1600 },
  { name: 'bottle', kind: 'bottle', seed: 7, width: 1200, height: 1600 },
  { name: 'plant', kind: 'plant', seed: 8, width: 1500, height: 1500 },
  { name: 'bear', kind: 'plush', seed: 9, width: 1600, height: 1200 },
];
/** @param {string} name */
const photoOf = (name) => path.join(folder, `${name}.jpg`);

/** Draws the sample photos, once. @param {(line: string) => void} say */
async function drawPhotos(say) {
  const step = {
    name: 'demo-photos',
    inputs: ['tests/fixtures', 'scripts/lib/demo/samples.js'],
    outputs: scenes.map(({ name }) => path.relative(paths.root, photoOf(name))),
  };
  if (isFresh(step)) return;
  say('Drawing the sample photos …');
  const runner = path.join(paths.root, 'scripts/run-ts.mjs');
  const args = [runner, 'tests/support/write-scenes.ts', folder, JSON.stringify(scenes)];
  await run('Drawing the sample photos', process.execPath, args, { cwd: paths.root, timeoutMs: 120_000 });
  stamp(step.name, hashOf(step.inputs));
}

/**
 * Fills the app with products whose photos reach their fields in each of the ways there are, and waits for the cutouts.
 * @param {Session} session
 * @param {(line: string) => void} say
 * @returns {Promise<PhotoResult[]>}
 */
async function addSamples(session, say) {
  await drawPhotos(say);
  /** @param {string} name */
  const upload = (name) => client.uploadPhoto(session, photoOf(name));
  /** @type {PhotoResult[]} */
  const results = [];
  /** @param {string} where @param {import('../client').Asset} asset @param {number} start */
  const wait = async (where, asset, start) => {
    const result = await outcome(session, where, asset, start);
    results.push(result);
    say(`${where}: ${result.url ? `${result.url}  ${result.ms} ms` : result.reason}`);
  };

  // Attached by the entry: an upload with `ref` reaches the published row alone, and the draft would look empty.
  const mug = await upload('mug');
  let start = Date.now();
  await client.createProduct(session, { title: 'Mug', photo: mug.id });
  await wait('Mug, photo', mug, start);

  const gallery = [await upload('chair'), await upload('bottle')];
  start = Date.now();
  await client.createProduct(session, { title: 'Chair and bottle', gallery: gallery.map(({ id }) => id) });
  for (const asset of gallery) await wait('Chair and bottle, gallery', asset, start);

  const [plant, bear] = [await upload('plant'), await upload('bear')];
  start = Date.now();
  await client.createProduct(session, {
    title: 'Plant and bear',
    detail: { caption: 'A plant', image: plant.id },
    blocks: [{ __component: 'catalog.picture', caption: 'A bear', image: bear.id }],
  });
  await wait('Plant and bear, component', plant, start);
  await wait('Plant and bear, dynamic zone', bear, start);
  return results;
}

/**
 * @param {Session} session
 * @param {string} input
 * @param {import('../client').Asset} asset
 * @param {number} start
 * @returns {Promise<PhotoResult>}
 */
async function outcome(session, input, asset, start) {
  const { state, engine, model, reason, variants } = await client.settled(session, asset.id);
  const cutout = variants.find(({ key }) => key === 'cutout');
  return {
    input,
    output: null,
    url: cutout ? new URL(cutout.url, session.url).href : null,
    ms: Date.now() - start,
    engine,
    model,
    status: state === 'ready' ? 'ready' : state === 'skipped' ? 'skipped' : 'failed',
    reason: reason?.message ?? null,
  };
}

module.exports = { addSamples };
