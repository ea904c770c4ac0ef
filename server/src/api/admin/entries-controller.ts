import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { readWants } from '../../rules/read-wants';
import { ASSET, type AssetRow } from '../../tables/assets';
import { entriesRequest, type EntriesResponse } from '../contracts';
import { answering, jsonBody, parseInput } from '../respond';
import { filesOfEntries } from './entry-files';
import { READ_USAGE } from './permissions';
import { accessFiles, type FileAccess, mayCost } from './rights';

/** More are a matter for a bulk run, which is fed piece by piece. */
const MOST_FILES = 2000;

/** The images of entries that were chosen in the content manager's list; shapes in api/contracts.ts. */
export const entriesController = ({ strapi }: { strapi: Core.Strapi }) => {
  /** Of these, what costs nothing. */
  const freeOf = async (accesses: FileAccess[]): Promise<FileAccess[]> => {
    const { config } = getApp(strapi);
    const where = { fileId: { $in: accesses.map(({ file }) => file.id) } };
    const rows = (await strapi.db.query(ASSET).findMany({ where })) as AssetRow[];
    const assets = new Map(rows.map((row) => [row.fileId, row]));
    const wants = await readWants(
      strapi,
      config.rules,
      accesses.map(({ file: { id, folderPath } }) => ({ id, folderPath, asset: assets.get(id) ?? null })),
    );
    const hasKey = config.remote.apiKey !== null;
    return accesses.filter(({ file }) => !mayCost(wants.get(file.id)?.engine, file, hasKey));
  };

  /** What this person may have made, and how many of the images they may not. */
  const allowed = async (ctx: Context, fileIds: number[]) => {
    const all = [...(await accessFiles(strapi, ctx, fileIds)).values()];
    const editable = all.filter((access) => access.can('edit'));
    const payable = editable.filter((access) => access.can('pay'));
    const others = editable.filter((access) => !access.can('pay'));
    const free = await freeOf(others);
    return {
      ids: [...payable, ...free].map(({ file }) => file.id),
      forbidden: all.length - editable.length,
      unpaid: others.length - free.length,
    };
  };

  return {
    run: answering(async (ctx) => {
      const request = parseInput(entriesRequest, jsonBody(ctx), 'body');
      const { fileIds, entries } = await filesOfEntries(strapi, ctx, request);
      if (fileIds.length > MOST_FILES) {
        const message = `expected entries with ${MOST_FILES} files at most, received ${fileIds.length} files`;
        const details = [{ field: 'documentIds', message }];
        throw new CutoutError('options.invalid', `documentIds: ${message}`, { details });
      }
      const { ids, forbidden, unpaid } = await allowed(ctx, fileIds);
      const { bulk } = getApp(strapi);
      const plan = await bulk.surveyFiles(ids);
      const ability = ctx.state.userAbility as { can(action: string): boolean };
      if (!ability.can(READ_USAGE)) plan.credits.spendable = null;
      const asked = request.start ? await bulk.runFiles(ids) : 0;
      ctx.body = { data: { entries, plan, forbidden, unpaid, asked } } satisfies EntriesResponse;
    }),
  };
};
