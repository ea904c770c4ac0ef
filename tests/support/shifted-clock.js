'use strict';

const { readFileSync } = require('node:fs');

/**
 * Loaded into a process first: its wall clock is off by as many milliseconds as the file in CUTOUT_TEST_CLOCK says, from
 * the moment it says so. Steady clocks (`performance`, timers) go on as they do when a machine's clock is set.
 */
const file = String(process.env.CUTOUT_TEST_CLOCK);
const now = Date.now.bind(Date);
let offset = 0;

function look() {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Nobody has set it yet.
  }
}

look();
setInterval(look, 100).unref();
globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length > 0 ? given : [now() + offset], newTarget),
  apply: () => new Date().toString(),
  get: (target, key, receiver) => (key === 'now' ? () => now() + offset : Reflect.get(target, key, receiver)),
});
