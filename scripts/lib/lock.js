'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Runs `work` while no other process does the same: a demo and a test run started together must not install or build
 * over each other. A lock whose process is gone is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {number} [timeoutMs]
 * @returns {Promise<T>}
 */
async function withLock(file, work, timeoutMs = 30 * 60_000) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const deadline = Date.now() + timeoutMs;
  while (!(await take(file))) {
    const owner = Number(readOrEmpty(file));
    if (owner > 0 && !isAlive(owner)) fs.rmSync(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`${file} is held by process ${owner}; delete it if that is wrong.`);
    else await sleep(300);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** @param {string} file */
async function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    // Another process may just be deleting the file as a dead one's, having looked a moment earlier.
    await sleep(50);
    return Number(readOrEmpty(file)) === process.pid;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { isAlive, withLock };
