'use strict';

const net = require('node:net');

/**
 * Tries the port on one address.
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number | null>} The port that was given, or null where it is taken.
 */
function tryListen(port, host) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(port);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const { port: given } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(given));
    });
  });
}

/** Whether nothing listens on the port, be it on the loopback address alone or on all of them. */
async function isFree(/** @type {number} */ port) {
  return (await tryListen(port, '127.0.0.1')) !== null && (await tryListen(port, '::')) !== null;
}

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768), where any connection may take a port
 * between the question and the start of the server that wants it.
 */
const LOWEST = 10_240;
const HIGHEST = 32_767;
/** Test files that run at once ask within a share of their own, so that two never get the same port. */
const SHARES = 16;
const SHARE = Math.floor((HIGHEST + 1 - LOWEST) / SHARES);

let asked = Math.floor(Math.random() * SHARE);

/** A port that is free now, another one each time. @returns {Promise<number>} */
async function freePort() {
  const share = Number(process.env.JEST_WORKER_ID ?? 0) % SHARES;
  for (let tries = 0; tries < SHARE; tries += 1) {
    asked = (asked + 1) % SHARE;
    const port = LOWEST + share * SHARE + asked;
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${LOWEST} to ${HIGHEST}.`);
}

module.exports = { freePort, isFree };
