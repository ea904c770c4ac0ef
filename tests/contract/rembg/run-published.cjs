'use strict';

/** Calls the published package for each case of a JSON file and writes what it gave to another: base64 by case name. */
const fs = require('node:fs');
const { rembg } = require('@remove-background-ai/rembg.js');

const [casesFile = '', resultsFile = ''] = process.argv.slice(2);
/** Without listeners: the package then prints every event. @type {any} */
const untold = {};

async function main() {
  /** @type {Record<string, string>} */
  const results = {};
  for (const { name, input, options } of JSON.parse(fs.readFileSync(casesFile, 'utf8'))) {
    const inputImage = input.buffer ? Buffer.from(input.buffer, 'base64') : (input.path ?? { base64: input.base64 });
    const call = { ...untold, apiKey: process.env.API_KEY, inputImage, options };
    const { base64Image, outputImagePath, cleanup } = await rembg(call);
    results[name] = base64Image ?? fs.readFileSync(String(outputImagePath), 'base64');
    await cleanup?.();
  }
  fs.writeFileSync(resultsFile, JSON.stringify(results));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
