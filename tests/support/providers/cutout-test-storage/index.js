'use strict';

/**
 * An upload provider that keeps files with `tests/support/storage-server.ts`, so that nodes without a common folder
 * read and write the same ones, as with any storage in the network. Found through NODE_PATH.
 */

const TIMEOUT_MS = 60_000;

module.exports = {
  /** @param {{ url: string }} options */
  init({ url }) {
    /** @param {{ hash: string, ext: string }} file */
    const address = (file) => `${url}/files/${encodeURIComponent(`${file.hash}${file.ext}`)}`;

    /**
     * fetch() itself says "fetch failed" and no more.
     * @param {string} method @param {string} address @param {RequestInit} [init]
     */
    const asked = (method, address, init) =>
      fetch(address, { ...init, method }).catch((error) => {
        throw new Error(`${method} ${address}: ${error.cause ?? error}`, { cause: error });
      });

    /** @param {string} method @param {any} file @param {any} [body] */
    const send = async (method, file, body) => {
      const init = { signal: AbortSignal.timeout(TIMEOUT_MS), ...(body && { body, duplex: 'half' }) };
      const response = await asked(method, address(file), init);
      await response.arrayBuffer();
      // A file that is gone already is deleted.
      if (response.ok || (method === 'DELETE' && response.status === 404)) return;
      throw new Error(`${method} ${address(file)}: ${response.status}`);
    };

    /** A private provider signs the addresses of its files; the storage says when it cannot. */
    const signing = process.env.CUTOUT_TEST_STORAGE_PRIVATE && {
      isPrivate: async () => true,
      async getSignedUrl(/** @type {any} */ file) {
        const response = await asked('POST', `${address(file)}?sign`);
        if (!response.ok) throw new Error(`signing ${address(file)}: ${response.status}`);
        return { url: `${address(file)}?signed` };
      },
    };

    return {
      ...signing,
      async uploadStream(/** @type {any} */ file) {
        await send('PUT', file, file.stream);
        file.url = address(file);
      },
      async upload(/** @type {any} */ file) {
        await send('PUT', file, file.buffer);
        file.url = address(file);
      },
      delete: (/** @type {any} */ file) => send('DELETE', file),
    };
  },
};
