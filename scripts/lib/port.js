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

/** A port that is free now. @returns {Promise<number>} */
async function freePort() {
  const port = await tryListen(0, '127.0.0.1');
  if (port === null) throw new Error('No free port on 127.0.0.1.');
  return port;
}

module.exports = { freePort, isFree };
