import type { HostileApp } from './app';

interface FileRow {
  id: number;
  hash: string;
  ext: string | null;
  formats: string | null;
}

type Formats = Record<string, { hash: string; ext: string; cutout?: unknown }> | null;

/** What must not be there when all is done, one line each. */
export function leftIn(app: HostileApp): string[] {
  const files = app.rows<FileRow>('select id, hash, ext, formats from files');
  const uploads = new Set(app.uploads());
  const known = new Set<string>();
  const left: string[] = [];
  for (const { id, hash, ext, formats } of files) {
    known.add(hash + (ext ?? ''));
    const entries = Object.entries((JSON.parse(formats ?? 'null') as Formats) ?? {});
    for (const [key, entry] of entries) {
      known.add(entry.hash + entry.ext);
      if (entry.cutout && !uploads.has(entry.hash + entry.ext))
        left.push(`asset ${id} names a ${key} that is not stored`);
    }
    const keys = entries.filter(([, entry]) => entry.cutout).map(([key]) => key);
    const isDone = isDoneSql(id);
    const done = app.rows<{ done: number }>(isDone)[0]!.done === 1;
    if (done !== keys.includes('cutout'))
      left.push(`asset ${id} is ${done ? 'done without' : 'not done but has'} a cutout`);
  }
  for (const { hash, ext } of app.rows<{ hash: string; ext: string }>('select hash, ext from cutout_mattes')) {
    known.add(hash + ext);
    if (!uploads.has(hash + ext)) left.push(`the matte ${hash} is not stored`);
  }
  left.push(...[...uploads].filter((name) => isOwn(name) && !known.has(name)).map((name) => `the file ${name}`));
  left.push(
    ...app
      .temporary()
      .filter(isOurs)
      .map((name) => `${name} in the temporary folder`),
  );
  return [...left, ...rowsLeft(app)];
}

/** Whether a stored file is the plugin's: a variant of an asset, or a matte of its own. */
export const isOwn = (name: string): boolean => /(^|_)cutout_/.test(name);

const isOurs = (name: string) => name.includes('cutout');

/** Strapi leaves a folder for each picture that it refuses; the plugin must not add to them. */
export const temporaryOthers = (app: HostileApp): number => app.temporary().filter((name) => !isOurs(name)).length;

const isDoneSql = (id: number) =>
  `select coalesce((select state = 'done' from cutout_jobs where file_id = ${id} order by id desc limit 1), 0) as done`;

/** Rows of the plugin's tables that belong to nothing. */
function rowsLeft(app: HostileApp): string[] {
  const checks = {
    'looks that nobody took': 'select count(*) as n from cutout_looks',
    'jobs that run': `select count(*) as n from cutout_jobs where state = 'running'`,
    'jobs that wait': `select count(*) as n from cutout_jobs where state = 'queued'`,
    'rows of assets that are gone':
      'select count(*) as n from cutout_assets where file_id not in (select id from files)',
    'assets with two rows': 'select count(*) - count(distinct file_id) as n from cutout_assets',
    'rows of files of assets that are gone':
      'select count(*) as n from cutout_files where file_id not in (select id from files) and job_id <> 0',
    // 0: given up, and kept for a while in case the file still arrives.
    'rows of files that were never stored':
      'select count(*) as n from cutout_files where format is null and job_id <> 0',
    'ledger rows that cost something': `select count(*) as n from cutout_ledger where outcome <> 'free'`,
  };
  return Object.entries(checks).flatMap(([what, sql]) => {
    const [{ n } = { n: 0 }] = app.rows<{ n: number }>(sql);
    return n === 0 ? [] : [`${n} ${what}`];
  });
}
