'use strict';

/** Preloaded into a process that runs @remove-background-ai/rembg.js: its one fixed address becomes the emulator's. */
const { createRequire } = require('node:module');

const axios = createRequire(require.resolve('@remove-background-ai/rembg.js'))('axios');

/** @param {{ url: string }} config */
function redirect(config) {
  if (!config.url.startsWith('https://api.rembg.com/')) throw new Error(`unexpected address ${config.url}`);
  return { ...config, url: config.url.replace('https://api.rembg.com', String(process.env.REMBG_API_URL)) };
}

axios.interceptors.request.use(redirect);
