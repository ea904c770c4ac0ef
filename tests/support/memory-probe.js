'use strict';

/**
 * Loaded into Strapi's process: answers `{ memory: true }` over the channel to the process that started it with what is
 * held after the garbage is gone.
 */
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

process.on('message', (/** @type {{ memory?: boolean }} */ message) => {
  if (!message?.memory) return;
  for (let times = 0; times < 3; times += 1) collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ memory: { rss, heapUsed, external } });
});
