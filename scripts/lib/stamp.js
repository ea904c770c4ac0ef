'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const paths = require('./paths');

/**
 * SHA-256 over names and contents of files and whole folders, given relative to the repository.
 * @param {string[]} inputs Missing ones count as absent.
 */
function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesIn(path.join(paths.root, input))) {
      hash.update(path.relative(paths.root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} entry
 * @returns {string[]}
 */
function filesIn(entry) {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [entry];
  return fs
    .readdirSync(entry)
    .sort()
    .flatMap((name) => filesIn(path.join(entry, name)));
}

/** @param {string} name */
const stampFile = (name) => path.join(paths.cache, 'stamps', name);

/**
 * Whether the last `build` saw the same inputs and all that it makes is still there.
 * @param {{ name: string, inputs: string[], outputs: string[] }} step
 */
function isFresh({ name, inputs, outputs }) {
  if (!outputs.every((output) => fs.existsSync(path.join(paths.root, output)))) return false;
  return fs.existsSync(stampFile(name)) && fs.readFileSync(stampFile(name), 'utf8') === hashOf(inputs);
}

/**
 * Remembers what was built. The hash is taken before the build, so that an edit during it is seen the next time.
 * @param {string} name
 * @param {string} hash
 */
function stamp(name, hash) {
  fs.mkdirSync(path.dirname(stampFile(name)), { recursive: true });
  fs.writeFileSync(stampFile(name), hash);
}

module.exports = { hashOf, isFresh, stamp };
