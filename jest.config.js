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

/** These start the real app, from what is built. */
const onApp = { globalSetup: '<rootDir>/tests/support/prepare.js' };

module.exports = {
  projects: [
    project('unit'),
    project('contract'),
    project('integration', onApp),
    project('services', onApp),
    project('e2e', onApp),
  ],
};
