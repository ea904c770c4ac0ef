import type { Core } from '@strapi/strapi';
import type { JobRow } from '../../server/src/tables/jobs';

type Columns = Record<string, unknown>;

export interface ManyJobs {
  count: number;
  /** What the jobs have in place of a plain queued one's columns, by their number. */
  job?: (index: number) => Partial<JobRow>;
}

/** Rows at once; SQLite takes some thousand values in one statement. */
const BATCH = 500;

/** Assets with a job each, written past Strapi: what a library of that size looks like to the queue. @returns first ids */
export async function addManyJobs(strapi: Core.Strapi, { count, job = () => ({}) }: ManyJobs): Promise<number> {
  const at = new Date();
  const [last] = await strapi.db.getConnection('files').max<{ id: number | null }[]>('id as id');
  const first = Number(last?.id ?? 0) + 1;
  for (let done = 0; done < count; done += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) => done + index);
    const files: Columns[] = indexes.map((index) => ({
      id: first + index,
      name: `${first + index}.jpg`,
      hash: `many_${first + index}`,
      ext: '.jpg',
      mime: 'image/jpeg',
      size: 1,
      url: `/uploads/many_${first + index}.jpg`,
      provider: 'local',
      folder_path: '/',
    }));
    const jobs: Columns[] = indexes.map((index) => ({
      file_id: first + index,
      version: 1,
      engine: 'local',
      presets: '["default"]',
      ask: 'many',
      source: 'bulk',
      state: 'queued',
      attempts: 0,
      waits: 0,
      force: false,
      priority: 20,
      run_at: at,
      turn_at: at,
      created_at: at,
      updated_at: at,
      ...columnsOf(job(index)),
    }));
    await strapi.db.getConnection('files').insert(files);
    await strapi.db.getConnection('cutout_jobs').insert(jobs);
  }
  if (strapi.db.dialect.client === 'postgres') {
    // Ids were given by hand.
    await strapi.db.connection.raw("select setval(pg_get_serial_sequence('files', 'id'), (select max(id) from files))");
  }
  return first;
}

/** What a database finds out by itself some time after so many rows were written. */
export async function takeStatistics(strapi: Core.Strapi): Promise<void> {
  const { client } = strapi.db.dialect;
  const statements = {
    postgres: ['vacuum analyze cutout_jobs', 'vacuum analyze files'],
    mysql: ['analyze table cutout_jobs', 'analyze table files'],
    sqlite: ['analyze'],
  }[client as 'postgres' | 'mysql' | 'sqlite'];
  for (const statement of statements) await strapi.db.connection.raw(statement);
}

const columnsOf = (row: Partial<JobRow>): Columns =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
