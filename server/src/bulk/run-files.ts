import type { BulkRequest } from '../bulk-words';
import type { PlanMany } from '../jobs/plan-many';
import { walk, type WalkOptions } from './walk';

/** What fields, rules and wishes want, and nothing beyond that. */
export const asWanted: BulkRequest = { filter: {} };

interface RunFilesOptions extends WalkOptions {
  planMany: PlanMany;
}

/** Makes the jobs that a bulk run over these files would make, at once. @returns how many there are */
export async function runFiles(options: RunFilesOptions, fileIds: readonly number[]): Promise<number> {
  const { signal } = new AbortController();
  let made = 0;
  for await (const page of walk(options, asWanted, { only: fileIds })) {
    const chosen = page.flatMap(({ file, judgement }) =>
      judgement.match && judgement.plan ? [{ id: file.id, cured: judgement.cured }] : [],
    );
    for (const reason of new Set(chosen.map(({ cured }) => cured))) {
      const ids = chosen.filter(({ cured }) => cured === reason).map(({ id }) => id);
      made += await options.planMany(ids, { source: 'bulk', cured: reason === null ? [] : [reason] }, signal);
    }
  }
  return made;
}
