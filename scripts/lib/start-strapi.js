'use strict';

/**
 * What `strapi start` does in an app without TypeScript, run in the app's folder. Strapi's command line loads all of its
 * commands first, among them the builder and the cloud's: an eighth of a start, and the tests make many.
 */
const appDir = process.cwd();
const { createStrapi } = require(require.resolve('@strapi/strapi', { paths: [appDir] }));

createStrapi({ appDir, distDir: appDir }).start();
