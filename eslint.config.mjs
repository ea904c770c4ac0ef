import { existsSync } from 'node:fs';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

/** Picture code that knows nothing of Strapi: the plugin, the command line, tests and the benchmark share it. */
const pure = ['options', 'imaging', 'engines', 'pool'];
/** Native code runs in the picture children and in the command line, never in Strapi's process. */
const native = {
  paths: ['sharp', 'onnxruntime-node'].map((name) => ({
    name,
    message: 'Pictures never run in Strapi’s process; see ARCHITECTURE.md.',
    allowTypeImports: true,
  })),
};
const noStrapi = { group: ['@strapi/*'], message: 'Picture code imports nothing of Strapi.' };

export default ts.config(
  {
    ignores: [
      '**/dist/',
      '**/build/',
      '**/node_modules/',
      '**/.*/',
      '**/*.d.ts',
      'tests/bench/tmp/',
      'server/kernels/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals().map((name) => [name, 'readonly'])) },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    ignores: ['strapi-admin.js', 'tests/app/src/admin/**'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    files: ['**/*.{ts,tsx,mts}'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      'import-x/no-cycle': 'error',
      // Strapi's service and model registries are typed `any`; these would forbid calling them at all.
      ...Object.fromEntries(
        ['assignment', 'call', 'member-access', 'argument', 'return'].map((what) => [
          `@typescript-eslint/no-unsafe-${what}`,
          'off',
        ]),
      ),
      // Contracts ask for promises of functions that have nothing to wait for, and hooks hand out plain functions.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['scripts/**/*.{js,mjs}'],
    languageOptions: {
      parser: ts.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': ts.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['server/src/**/*.ts', 'admin/src/**/*.{ts,tsx}'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones: directions() }] },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/cli/**', 'server/src/imaging/**', 'server/src/engines/local/**', 'server/src/pool/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', native] },
  },
  {
    files: ['server/src/pool/index.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { ...native, patterns: [noStrapi] }] },
  },
  {
    files: pure.map((folder) => `server/src/${folder}/**/*.ts`),
    ignores: ['server/src/pool/index.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noStrapi] }] },
  },
  {
    files: ['server/src/options/**/*.ts', 'server/src/engines/*.ts', 'server/src/engines/remote/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { ...native, patterns: [noStrapi] }] },
  },
  { files: ['admin/src/**/*.{ts,tsx}'], extends: [reactHooks.configs['recommended-latest']] },
  { files: ['tests/**/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  prettier,
);

/**
 * The house, from the ground up; ARCHITECTURE.md draws the same. An import, of a type too, goes down and never up or
 * across. What two rooms need stands below both.
 */
function floors() {
  return [
    [
      'errors',
      'words',
      'hash-file',
      'limit',
      'nap',
      'signals',
      'package-root',
      'strapi-version',
      'transaction',
      'database-away',
      'clock',
    ].concat([
      'client',
      'bulk-words',
      'doctor-words',
      'settings-words',
      'plain',
      'file-fault',
      'owner-mark',
      'work-dir',
    ]),
    ['options'],
    ['imaging'],
    ['engines', 'tables'],
    ['pool', 'config', 'assets', 'locks'],
    ['storage', 'cli', 'events', 'renders', 'nodes', 'settings'],
    ['rules', 'usage', 'variants'],
    ['metrics'],
    ['jobs', 'mattes'],
    ['pipeline', 'bulk'],
    ['app'],
    ['doctor'],
    ['api', 'triggers', 'start'],
    ['register', 'bootstrap'],
    ['index'],
  ];
}

/** A room is a folder, or a file that stands by itself. */
function room(name) {
  const path = `./server/src/${name}`;
  return existsSync(new URL(path, import.meta.url)) ? [path] : [`${path}.ts`];
}

function directions() {
  const house = floors();
  const climbing = house.flatMap((rooms, floor) =>
    rooms.map((name) => ({
      target: room(name),
      from: [...rooms.filter((other) => other !== name && floor > 0), ...house.slice(floor + 1).flat()].flatMap(room),
      message: `Imports go down: see the floors in ARCHITECTURE.md. '${name}' stands on floor ${floor}.`,
    })),
  );

  return [
    ...climbing.filter(({ from }) => from.length > 0),
    {
      target: './admin/src',
      from: './server/src',
      except: ['./api/contracts.ts'],
      message: 'The admin imports types from server/src/api/contracts.ts alone.',
    },
    {
      target: room('jobs'),
      from: ['variants', 'storage', 'pool', 'imaging', 'engines'].flatMap(room),
      message: 'Jobs say what is to be made of an asset; how, and where it is stored, is not theirs to know.',
    },
    {
      target: './server/src/variants',
      from: ['rules', 'usage', 'pool', 'engines'].flatMap(room),
      message: 'Variants are files that are stored and swept; they know nothing of rules, money and engines.',
    },
    {
      target: room('cli'),
      from: ['tables', 'assets', 'locks', 'transaction', 'clock'].flatMap(room),
      message: 'The command line runs without Strapi.',
    },
  ];
}

function nodeGlobals() {
  return ['process', 'console', 'Buffer', 'URL', 'fetch', 'FormData', 'Blob', 'AbortSignal', 'AbortController']
    .concat(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'])
    .concat(['require', 'module', 'exports', '__dirname', '__filename', 'strapi']);
}
