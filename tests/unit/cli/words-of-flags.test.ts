import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findCard } from '../../../server/src/engines/local/cards';
import { requireLicense } from '../../../server/src/engines/local/weights/license';
import { inWordsOfFlags } from '../../../server/src/cli/words-of-flags';
import { CutoutError } from '../../../server/src/errors';

const SHARED = ['engines/local', 'imaging', 'options', 'pool'];
/** Bounds what Strapi's storage sends; the command line reads its files itself. */
const NOT_SHARED = 'pool/meter.ts';
const src = path.join(__dirname, '../../../server/src');

/** Settings that texts of the shared code name. */
function named(): [setting: string, file: string][] {
  return SHARED.flatMap((folder) => {
    const files = readdirSync(path.join(src, folder), { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('.ts') && `${folder}/${file}` !== NOT_SHARED)
      .flatMap((file) => {
        const code = readFileSync(path.join(src, folder, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|^ *\/\/.*$/gm, '');
        const texts = code.match(/'[^'\n]*'|`[^`]*`/g) ?? [];
        const settings = texts.flatMap((text) => text.match(/\b(?:local|limits)\.[a-z][a-zA-Z]+\b/g) ?? []);
        return settings.map((setting): [string, string] => [setting, `${folder}/${file}`]);
      });
  });
}

test('the messages that the command line shares with the plugin name settings', () => {
  expect(new Set(named().map(([setting]) => setting)).size).toBeGreaterThan(4);
});

test.each(named())('%s of %s has a flag', (setting) => {
  const { message } = inWordsOfFlags(new CutoutError('model.missing', `Look at ${setting}.`));
  expect(message).toMatch(/^Look at --[a-z-]+\.$/);
});

test('a licence is accepted by a flag', () => {
  const card = { ...findCard('u2netp'), license: { id: 'X', url: 'https://example.com', commercial: false } };
  const error = catchError(() => requireLicense(card, []));
  expect(error.message).toContain('local.acceptLicense: ["u2netp"]');
  expect(inWordsOfFlags(error).message).toMatch(/if your use is allowed, accept it with --accept-license u2netp\.$/);
});

function catchError(work: () => void): CutoutError {
  try {
    work();
  } catch (error) {
    if (error instanceof CutoutError) return error;
  }
  throw new Error('Nothing was thrown.');
}
