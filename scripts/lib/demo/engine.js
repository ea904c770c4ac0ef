'use strict';

/**
 * Which engine the product's fields use, as environment of the app.
 * @param {boolean} remote Whether `--remote` was given.
 * @param {(line: string) => void} say
 * @param {(stop: () => Promise<void>) => void} onStop Takes what must be ended with the demo.
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function engineEnv(remote, say, onStop) {
  if (remote) throw new Error('--remote is not available.');
  return {};
}

module.exports = { engineEnv };
