import type { Core } from '@strapi/strapi';
import type { LockedFile } from '../assets/formats';
import { MATTE_KEY } from '../assets/keys';
import { CutoutError } from '../errors';
import type { Planner } from '../jobs/plan';
import type { Mattes } from '../mattes';
import type { Correction } from '../mattes/correct';
import { JOB } from '../tables/jobs';

/**
 * What a person does to an asset's matte. It takes effect, and all that the asset has is planned anew from it, in one
 * transaction under the lock that a job is claimed under. So no job that began before, on whichever node, can put what
 * it made of the old matte in place afterwards.
 */
export interface MatteChanges {
  /** @throws CutoutError `job.state` while a cutout of the asset is being made, `job.stale` where its bytes are others */
  correct(correction: Correction): Promise<void>;
  /** Back to the automatic one. @throws CutoutError `job.state` */
  takeBack(fileId: number): Promise<void>;
  /** Says early what the changes would say. @throws CutoutError `job.state` */
  requireIdle(fileId: number): Promise<void>;
}

export function createMatteChanges(
  strapi: Core.Strapi,
  mattes: Pick<Mattes, 'store' | 'use' | 'discard' | 'takeBack'>,
  planner: Pick<Planner, 'planAfter'>,
): MatteChanges {
  const requireIdle = async (fileId: number): Promise<void> => {
    if ((await strapi.db.query(JOB).count({ where: { fileId, state: 'running' } })) === 0) return;
    throw new CutoutError('job.state', `A cutout of asset ${fileId} is being made; try again in a moment.`);
  };
  const change = (fileId: number, work: (file: LockedFile) => Promise<void>) =>
    planner.planAfter(fileId, { source: 'admin', recompose: true }, async (file) => {
      await requireIdle(fileId);
      await work(file);
    });

  return {
    requireIdle,
    async correct(correction) {
      const { fileId, parent } = correction;
      const row = await mattes.store(correction);
      try {
        await change(fileId, async (file) => {
          if (file.formats?.[MATTE_KEY]?.cutout?.source !== parent.sourceHash) throw replaced(fileId);
          await mattes.use(row);
        });
      } catch (error) {
        // A commit whose answer was lost may have taken effect. What did not, the sweep takes.
        if (error instanceof CutoutError) await mattes.discard(row);
        throw error;
      }
    },
    async takeBack(fileId) {
      await change(fileId, () => mattes.takeBack(fileId));
    },
  };
}

const replaced = (fileId: number): CutoutError =>
  new CutoutError('job.stale', `Asset ${fileId} was replaced meanwhile: the matte belongs to its old bytes.`);
