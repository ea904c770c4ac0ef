'use strict';

/** Several instances share this folder: each has its own database, public folder and keys, given by its environment. */
module.exports = ({ env }) => ({
  host: env('HOST', '127.0.0.1'),
  port: env.int('PORT', 1337),
  app: { keys: env.array('APP_KEYS') },
  logger: { updates: { enabled: false } },
  dirs: { public: env('PUBLIC_DIR', './public') },
});
