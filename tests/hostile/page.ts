import words from '../../admin/src/translations/en.json';
import { corpus } from './corpus';
import type { HostileFile, Outcome } from './file';

/** The page `docs/odd-files.md`, made of the corpus itself. `npm run docs:odd-files` writes it, a test compares. */
export function oddFilesPage(): string {
  const files = corpus();
  const outcomes = [...new Set(files.flatMap((file) => [...file.outcomes, ...(file.cli ?? [])]))].sort();
  const ends = outcomes.map((outcome) => [`\`${outcome}\``, meaningOf(outcome)]);
  return `# Odd files

What becomes of files that are damaged, lie about what they are, or would like to do harm. Made of the test corpus by
\`npm run docs:odd-files\`; each of these ${files.length} files goes through upload, replace and the command line
(\`npm run proof:hostile\`). A file's bytes decide, not its name. Where two ends stand, the damage may lie in bytes that a
decoder is free to pass over, or Strapi writes the upload anew first. The upload itself is Strapi's: it is answered as
without the plugin, and Strapi refuses some damaged pictures itself.

The limit of pixels is 20 megapixels here, and cutouts are WebP, which holds 16383 pixels a side.

${table(['end', 'meaning'], ends)}

${rowsOf(files).join('\n')}
`;
}

function meaningOf(outcome: Outcome): string {
  if (outcome === 'done') return 'The cutout is made.';
  const sentence = (words as Record<string, string>)[`reason.${outcome}`] ?? '';
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => LIMITS[name]!);
}

/** That of the corpus, and a default. */
const LIMITS: Record<string, string> = { megapixels: '20', percent: '5' };

function rowsOf(files: readonly HostileFile[]): string[] {
  const rows = new Map<string, { group: string; end: string; titles: string[] }>();
  for (const file of files) {
    const [group, end] = [file.group, endOf(file)];
    const row = rows.get(`${group}|${end}`) ?? { group, end, titles: [] };
    row.titles.push(file.title);
    rows.set(`${group}|${end}`, row);
  }
  return [...rows.values()].map(
    ({ group, end, titles }) => `- **${group}**, ${end}: ${titles.map(escaped).join('; ')}`,
  );
}

const codes = (outcomes: readonly Outcome[]): string =>
  [...new Set(outcomes)].map((outcome) => `\`${outcome}\``).join(' or ');

const endOf = ({ outcomes, cli }: HostileFile): string => codes(outcomes) + (cli ? `; command line ${codes(cli)}` : '');

const escaped = (title: string): string => title.replaceAll(/[*_<>{}]/g, '\\$&');

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
