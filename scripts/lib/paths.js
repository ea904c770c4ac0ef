'use strict';

const path = require('node:path');

const root = path.resolve(__dirname, '../..');

module.exports = {
  root,
  /** The Strapi app of the demo and the tests. */
  app: path.join(root, 'tests/app'),
  /** What scripts keep between runs; ignored by git. */
  cache: path.join(root, '.cutout'),
  /** Databases and uploads of running instances, one folder each. */
  instances: path.join(root, 'tests/app/.tmp'),
};
