import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HostileApp, startHostileApp } from '../../hostile/app';
import { type Answer, comparable } from '../../hostile/answers';
import { nameOf } from '../../hostile/corpus';
import { countsOf, type Ended, leaks, surprises } from '../../hostile/ended';
import type { HostileFile, Way } from '../../hostile/file';
import { isOwn, leftIn, temporaryOthers } from '../../hostile/left';
import { type CliRun, throughCli } from '../../hostile/through-cli';
import { endingsOf, withoutPlugin, withPlugin } from '../../hostile/through-strapi';
import { photo } from '../../hostile/photo';
import { atMost, type Count, exactly, told } from '../report';

export interface HostileResult {
  counts: Count[];
  /** What is behind each count that is off, one line each. */
  lines: string[];
}

/** A job may take so long, whatever the file; a busy machine is some ten times slower than an idle one. */
const LONGEST_MS = 60_000;

/** Every file through an upload and a replace, beside the same app without the plugin. */
export async function hostileStrapi(files: readonly HostileFile[]): Promise<HostileResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-hostile-'));
  const base = path.join(folder, 'base.jpg');
  writeFileSync(base, await photo({ width: 200, height: 150 }).jpeg().toBuffer());
  const apps: HostileApp[] = [];
  try {
    const plain = await startHostileApp({ enabled: false });
    apps.push(plain);
    const expected = await withoutPlugin(plain, files, base);
    const app = await startHostileApp({ enabled: true });
    apps.push(app);
    const found = await withPlugin(app, files, base);
    const uploads = endingsOf(app, found.uploads, 1);
    const replaces = endingsOf(app, found.replaces, 2);
    const stored = storedOthers(plain, app);
    const more = temporaryOthers(app) - temporaryOthers(plain);
    const differing = [
      ...differences('upload', expected.uploads, found.uploads),
      ...differences('replace', expected.replaces, found.replaces),
    ];
    const left = leftIn(app);
    const odd = [...uploads.odd, ...replaces.odd];
    const results = [ofWay('upload', uploads.ended), ofWay('replace', replaces.ended)];
    const own = [
      told('upload: files that Strapi itself refused', uploads.refused.length),
      told('replace: files that Strapi itself refused', replaces.refused.length),
      exactly('answers other than without the plugin', differing.length, 0),
      exactly('stored files other than without the plugin', stored.length, 0),
      exactly('temporary folders of Strapi more than without the plugin', more, 0),
      exactly('files, folders and rows left behind', left.length, 0),
      exactly('assets with more or fewer jobs than wishes', odd.length, 0),
      exactly('Strapi processes that ended', [plain, app].filter((each) => !each.isAlive()).length, 0),
    ];
    return joined([...results, { counts: own, lines: [...differing, ...stored, ...left, ...odd] }]);
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every file through one run of the command line. */
export async function hostileCli(files: readonly HostileFile[]): Promise<HostileResult> {
  const run: CliRun = await throughCli(files);
  const wanted = files.filter(({ cli }) => cli !== null).length;
  const own = [
    exactly('command line: files that it told nothing of', wanted - run.ended.length, 0),
    exactly('command line: files and folders left behind', run.left.length + run.strays.length, 0),
    exactly(
      'command line: exit code',
      run.exitCode ?? -1,
      run.ended.every(({ outcome }) => outcome === 'done') ? 0 : 1,
    ),
    told('command line: seconds', Math.round(run.ms / 1000)),
  ];
  return joined([ofWay('cli', run.ended), { counts: own, lines: [...run.left, ...run.strays] }]);
}

const TITLES: Record<Way, string> = { upload: 'upload', replace: 'replace', cli: 'command line' };

function ofWay(way: Way, ended: readonly Ended[]): HostileResult {
  const title = TITLES[way];
  const [wrong, leaking] = [surprises(way, ended), leaks(ended)];
  const slowest = [...ended].sort((a, b) => b.ms - a.ms)[0];
  return {
    counts: [
      told(`${title}: files`, ended.length),
      ...[...countsOf(ended)].map(([outcome, count]) => told(`${title}: ${outcome}`, count)),
      exactly(`${title}: files that ended otherwise than documented`, wrong.length, 0),
      exactly(`${title}: reasons that name a path or a library`, leaking.length, 0),
      told(`${title}: the slowest`, slowest ? nameOf(slowest.file) : 'none'),
      atMost(`${title}: its milliseconds`, Math.round(slowest?.ms ?? 0), LONGEST_MS),
    ],
    lines: [...wrong, ...leaking],
  };
}

/** Answers that are not the same with and without the plugin. */
function differences(way: Way, expected: readonly Answer[], found: readonly Answer[]): string[] {
  return found.flatMap((answer, index) => {
    const before = expected[index]!;
    if (isEitherRefusal(before) && isEitherRefusal(answer)) return [];
    const [without, with_] = [comparable(before), comparable(answer)];
    return without === with_ ? [] : [`${way}, ${nameOf(answer.file)}: without ${without}, with ${with_}`];
  });
}

/** Of a damaged picture Strapi says 400 or 500 as it happens: two of its checks run at once, and the first to fail answers. */
const isEitherRefusal = ({ status }: Answer): boolean => status === 400 || status === 500;

/** Stored files that are not the plugin's and that only one of the two apps has. */
function storedOthers(plain: HostileApp, app: HostileApp): string[] {
  const countsIn = (each: HostileApp) => {
    const counts = new Map<string, number>();
    for (const stored of each.uploads().filter((name) => !isOwn(name))) {
      const name = stored.replaceAll(/_[0-9a-f]{10}(?=\.|$)/g, '_#');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  };
  const [without, with_] = [countsIn(plain), countsIn(app)];
  return [...new Set([...without.keys(), ...with_.keys()])]
    .map((name) => [name, without.get(name) ?? 0, with_.get(name) ?? 0] as const)
    .filter(([, before, after]) => before !== after)
    .map(([name, before, after]) => `${name} is stored ${before} times without and ${after} times with the plugin`);
}

const joined = (results: readonly HostileResult[]): HostileResult => ({
  counts: results.flatMap(({ counts }) => counts),
  lines: results.flatMap(({ lines }) => lines),
});
