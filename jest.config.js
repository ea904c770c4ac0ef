'use strict';

/** TypeScript is stripped by swc; types are checked by `npm run typecheck`. */
const typescript = [
  '@swc/jest',
  { jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: true } }, module: { type: 'commonjs' } },
];
const transform = {
  '^.+\\.tsx?$': typescript,
  // The one dependency that is ESM only; Jest's sandbox cannot import such modules as they are.
  '/node_modules/tinypool/.+\\.js$': typescript,
};
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  transform,
  transformIgnorePatterns: ['/node_modules/(?!tinypool/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/tests/app', '<rootDir>/.cutout'],
  ...extra,
});

/** These start the real app, from what is built; within Jest itself, the plugin's server runs from its sources. */
const onApp = {
  globalSetup: '<rootDir>/tests/support/prepare.js',
  globalTeardown: '<rootDir>/tests/support/drop-databases.js',
  moduleNameMapper: { [`^${escaped(__dirname)}/dist/server/index\\.js$`]: '<rootDir>/server/src/index.ts' },
};

module.exports = {
  // Real apps on a busy machine; a test that hangs still ends.
  testTimeout: 60_000,
  projects: [
    project('unit'),
    project('contract', onApp),
    project('integration', onApp),
    project('services', onApp),
    project('e2e', onApp),
  ],
};
