'use strict';

const path = require('node:path');

const root = path.resolve(__dirname, '../../..');

module.exports = ({ env }) => ({
  'users-permissions': { config: { jwtSecret: env('JWT_SECRET') } },
  graphql: { config: { landingPage: false } },
  // Nodes without a common folder keep their files with tests/support/storage-server.ts.
  ...(env('CUTOUT_TEST_STORAGE') && {
    upload: { config: { provider: 'cutout-test-storage', providerOptions: { url: env('CUTOUT_TEST_STORAGE') } } },
  }),
  // An absolute path: Strapi resolves a relative one first from its own files, where `../..` names another package.
  cutout: {
    enabled: env.bool('CUTOUT_ENABLED', true),
    resolve: root,
    config: {
      local: { cacheDir: path.join(root, '.cutout', 'models') },
      // Read only where a field's or rule's engine is `remote` or `auto`.
      remote: {
        apiKey: env('REMBG_API_KEY'),
        ...(env('REMBG_API_URL') && { apiUrl: env('REMBG_API_URL') }),
        ...(env('REMBG_ACCOUNT_URL') && { accountUrl: env('REMBG_ACCOUNT_URL') }),
      },
      presets: {
        card: { format: 'jpeg', bg_color: '#ffffff', w: 800, h: 800 },
        thumb: { w: 240, h: 240 },
      },
      // What a test or a trial wants different, e.g. CUTOUT_CONFIG='{"jobs":{"maxAttempts":1}}'.
      ...env.json('CUTOUT_CONFIG', {}),
    },
  },
});
