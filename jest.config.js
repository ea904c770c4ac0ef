'use strict';

/** TypeScript is stripped by swc; types are checked by `npm run typecheck`. */
const transform = {
  '^.+\\.tsx?$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: true } }, module: { type: 'commonjs', ignoreDynamic: true } }],
};
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  transform,
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/tests/app', '<rootDir>/.cutout'],
  ...extra,
});

module.exports = {
  projects: ['unit', 'contract', 'integration', 'services', 'e2e'].map((name) => project(name)),
};
