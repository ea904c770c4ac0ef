'use strict';

/**
 * Calls the published package with each of `inputs.cjs` and writes what became of it to a JSON file: base64 of the
 * picture, or the error's text.
 */
const fs = require('node:fs');
const { rembg } = require('@remove-background-ai/rembg.js');
const { inputs, photo } = require('./inputs.cjs');

const [resultsFile = ''] = process.argv.slice(2);
const ignore = () => undefined;
/** What it throws out of a stream it does not listen to. @type {(error: Error) => void} */
let crashed = ignore;
process.on('uncaughtException', (error) => crashed(error));
process.on('unhandledRejection', (error) => crashed(error instanceof Error ? error : new Error(String(error))));

/** @param {Record<string, any>} params */
async function outcome(params) {
  const defaults = {
    apiKey: process.env.API_KEY,
    inputImage: photo,
    onUploadProgress: ignore,
    onDownloadProgress: ignore,
  };
  const { base64Image, outputImagePath, cleanup } = await rembg(/** @type {any} */ ({ ...defaults, ...params }));
  const picture = base64Image ?? fs.readFileSync(String(outputImagePath), 'base64');
  await cleanup?.();
  return { file: base64Image === undefined, picture: picture.replace(/^data:[^,]*,/, '') };
}

/** @param {Record<string, any>} params */
async function tried(params) {
  const crash = new Promise((_, reject) => (crashed = reject));
  const silence = new Promise((_, reject) => setTimeout(reject, 8000, new Error('no answer')).unref());
  try {
    return await Promise.race([outcome(params), crash, silence]);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function main() {
  /** @type {Record<string, unknown>} */
  const results = {};
  for (const { name, params } of inputs) results[name] = await tried(params);
  fs.writeFileSync(resultsFile, JSON.stringify(results));
  process.exit(0);
}

void main();
