import { CutoutError, type ErrorCode } from '../errors';

/** What settings of the plugin are called on the command line. Messages of the shared code name the settings. */
export const FLAG_OF_SETTING: Readonly<Record<string, string>> = {
  'local.model': '--model',
  'local.modelsDir': '--models-dir',
  'local.cacheDir': '--cache-dir',
  'local.mirror': '--mirror',
  'local.npmRegistry': '--npm-registry',
  'local.acceptLicense': '--accept-license',
  'local.workers': '--workers',
  'local.threads': '--threads',
  'local.executionProviders': '--provider',
  'local.timeoutMs': '--timeout',
  'limits.maxPixels': '--max-pixels',
};

/** What a user of the command can do, where the shared code knows of no flags. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  'source.too-many-pixels': '--max-pixels allows more.',
  'worker.timeout': '--timeout allows more time.',
  'worker.crashed': 'It may have run out of memory: try fewer --workers or a smaller picture.',
};

/** The command has no log. */
const DEBUG_LOG: [string, string][] = [
  ['the reason is in the debug log', '--debug tells the reason'],
  ['the debug log says how', '--debug tells how'],
];

const LICENCE = /local\.acceptLicense: \["([^"]+)"\]/g;
const SETTING = /\b(?:local|limits)\.[a-zA-Z]+\b/g;

export function inWordsOfFlags(error: CutoutError): CutoutError {
  const said = DEBUG_LOG.reduce((text, [log, flag]) => text.replace(log, flag), error.message)
    .replaceAll(LICENCE, '--accept-license $1')
    .replaceAll(SETTING, (setting) => FLAG_OF_SETTING[setting] ?? setting);
  const remedy = REMEDIES[error.code];
  const message = remedy === undefined ? said : `${said.replace(/\.?$/, '.')} ${remedy}`;
  const { code, cause, details } = error;
  return new CutoutError(code, message, { cause, ...(details ? { details } : {}) });
}
