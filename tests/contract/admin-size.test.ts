import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = path.resolve(__dirname, '../../dist/admin');
const read = (file: string) => readFileSync(path.join(dist, file), 'utf8');
/** What a chunk cannot do without. */
const importsOf = (file: string) =>
  [...read(file).matchAll(/(?:from|import) ?"\.\/([^"]+)"/g)].map(([, name]) => name!);
/** What it loads when it is wanted. */
const chunksOf = (file: string) => [...read(file).matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => name!);

function closure(files: string[], seen = new Set<string>()): Set<string> {
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    closure(importsOf(file), seen);
  }
  return seen;
}

it('the admin loads little of the plugin before any of it is opened, its languages included', () => {
  const first = closure(['index.mjs']);
  const languages = [...first].flatMap(chunksOf).filter((name) => /^(ta|zh-Hans)-/.test(name));
  expect(languages).toHaveLength(2);
  const files = [...first, ...languages];
  const bytes = files.reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
  expect(bytes).toBeLessThan(8_000);
});

it('panels, pages and inputs are loaded when they are opened, each page by itself', () => {
  const beginning = (chunks: string[], name: string) => chunks.filter((chunk) => chunk.startsWith(`${name}-`));
  const chunks = [...closure(['index.mjs'])].flatMap(chunksOf);
  for (const name of [
    'PanelContent',
    'PluginPages',
    'inputs',
    'FieldCutouts',
    'LibraryParts',
    'EntriesAsk',
    'CreditsWidget',
  ])
    expect(beginning(chunks, name)).toHaveLength(1);
  // Strapi's own settings show one of them too, so it is named twice.
  const pages = [...new Set([...closure(beginning(chunks, 'PluginPages'))].flatMap(chunksOf))];
  for (const name of [
    'CutoutsPage',
    'ReviewPage',
    'RunsPage',
    'NewRunPage',
    'RunPage',
    'EditorPage',
    'CreditsPage',
    'SettingsPage',
    'DoctorPage',
  ]) {
    expect(beginning(pages, name)).toHaveLength(1);
  }
});

it('the chart library is loaded with the chart alone', () => {
  const first = [...closure(['index.mjs'])].flatMap(chunksOf).filter((name) => name.startsWith('PluginPages-'));
  const page = [...closure(first)].flatMap(chunksOf).filter((name) => name.startsWith('CreditsPage-'));
  const needed = closure(page);
  expect([...needed].filter((name) => name.startsWith('BarChart-'))).toEqual([]);
  expect([...needed].flatMap(chunksOf).filter((name) => name.startsWith('BarChart-'))).toHaveLength(1);
});
