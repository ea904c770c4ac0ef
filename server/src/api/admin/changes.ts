import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { removeVariants } from '../../pipeline/remove-variants';
import type { Wants } from '../../rules/wants';
import type { RunRequest } from '../contracts';
import { ask, wantsWhenAsked } from '../ask';
import { type FileAccess, mayCost } from './rights';

/** What a person has done to an asset's cutout, once the right to edit it is known. */
export const createChanges = (strapi: Core.Strapi) => {
  const costs = ({ file }: FileAccess, wants: Wants | null): boolean =>
    mayCost(wants?.engine, file, getApp(strapi).config.remote.apiKey !== null);

  return {
    costs,
    wants: ({ file }: FileAccess) => wantsWhenAsked(strapi, file),

    /** @throws CutoutError `asset.forbidden` where it may cost a credit and this person may spend none */
    async run(access: FileAccess, request: RunRequest): Promise<void> {
      const wants = await wantsWhenAsked(strapi, access.file);
      const { engine, force } = request;
      if (force || (engine ? engine !== 'local' : costs(access, wants))) access.demand('pay');
      await ask(strapi, access.file, request, { source: 'admin', wants });
    },

    async remove({ file: { id } }: FileAccess): Promise<void> {
      const { planner, sweepSoon } = getApp(strapi);
      await planner.plan(id, { source: 'admin', optOut: true });
      await removeVariants(strapi, id);
      await sweepSoon.asset(id);
    },
  };
};
