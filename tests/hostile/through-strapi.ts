import type { HostileApp } from './app';
import { type Answer, replaceAll, untilSettled, uploadAll } from './answers';
import type { Ended } from './ended';
import type { HostileFile, Outcome } from './file';

export interface StrapiRun {
  uploads: Answer[];
  replaces: Answer[];
}

/** Every file uploaded, then every file in place of an asset. */
export async function throughStrapi(
  app: HostileApp,
  files: readonly HostileFile[],
  photo: string,
  settled: () => Promise<void>,
): Promise<StrapiRun> {
  // The first upload makes the folder that all others go to; two at once would make two.
  const uploads = [...(await uploadAll(app, files.slice(0, 1))), ...(await uploadAll(app, files.slice(1)))];
  await settled();
  // Strapi takes an empty file for none, and the request for an edit of the asset's details.
  const sizes = await Promise.all(files.map(async (file) => (await file.make()).length));
  const replacing = files.filter((_, index) => sizes[index]! > 0);
  const replaces = await replaceAll(app, replacing, photo, settled);
  await settled();
  return { uploads, replaces };
}

export const withPlugin = (app: HostileApp, files: readonly HostileFile[], photo: string): Promise<StrapiRun> =>
  throughStrapi(app, files, photo, () => untilSettled(app));

export const withoutPlugin = (app: HostileApp, files: readonly HostileFile[], photo: string): Promise<StrapiRun> =>
  throughStrapi(app, files, photo, async () => {});

interface LastJob {
  file_id: number;
  state: string;
  reason_code: Outcome | null;
  reason_message: string | null;
  started_at: number | null;
  finished_at: number | null;
  jobs: number;
}

export interface Endings {
  ended: Ended[];
  /** Files that Strapi itself took no asset from. */
  refused: Answer[];
  /** One line for each asset whose rows are not as they must be. */
  odd: string[];
}

/** How the plugin ended with each asset of these answers. */
export function endingsOf(app: HostileApp, answers: readonly Answer[], jobsEach: number): Endings {
  const last = new Map(
    app
      .rows<LastJob>(
        `select j.file_id, j.state, j.reason_code, j.reason_message, j.started_at, j.finished_at, n.jobs
         from cutout_jobs j join (select file_id, max(id) as id, count(*) as jobs from cutout_jobs group by file_id) n
         on n.id = j.id`,
      )
      .map((job) => [job.file_id, job]),
  );
  const found: Endings = { ended: [], refused: [], odd: [] };
  for (const answer of answers) {
    const { file, id } = answer;
    if (id === null || answer.status >= 400) {
      found.refused.push(answer);
      continue;
    }
    const job = last.get(id);
    if (!job || job.jobs !== jobsEach) {
      found.odd.push(`${file.group}: ${file.title}: ${job?.jobs ?? 0} jobs and not ${jobsEach}`);
      if (!job) continue;
    }
    const outcome = job.reason_code ?? (job.state as Outcome);
    const ms = job.started_at && job.finished_at ? job.finished_at - job.started_at : 0;
    found.ended.push({ file, outcome, message: job.reason_message ?? '', ms });
  }
  return found;
}
