import type { Core } from '@strapi/strapi';
import { errors, validateZodSchema, z } from '@strapi/utils';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { removeVariants } from '../../variants/remove';
import { variantKey } from '../../variants/keys';
import type { AssetResponse, OverviewResponse } from '../contracts';
import { readStatus } from '../status';

const params = z.object({ id: z.coerce.number().int().positive() });
const runBody = z.strictObject({
  presets: z.array(z.string()).min(1).optional(),
  engine: z.enum(['local', 'remote', 'auto']).optional(),
  force: z.boolean().optional(),
});

/** Answers what the admin panel asks; shapes in api/contracts.ts. */
export const adminController = ({ strapi }: { strapi: Core.Strapi }) => {
  const fileId = (ctx: Context): number => validateZodSchema(params)(ctx.params).id;

  const respond = async (ctx: Context, id: number): Promise<void> => {
    const status = await readStatus(strapi, id);
    if (!status) throw new errors.NotFoundError(`There is no asset ${id}.`);
    ctx.body = { data: status } satisfies AssetResponse;
  };

  return {
    overview(ctx: Context): void {
      const { config, engines } = getApp(strapi);
      ctx.body = {
        data: {
          presets: Object.keys(config.presets).map((name) => ({ name, key: variantKey(name) })),
          engines: {
            local: { model: config.local.model, problem: engines.local.problem() },
            remote: { configured: false },
          },
        },
      } satisfies OverviewResponse;
    },

    findOne: (ctx: Context) => respond(ctx, fileId(ctx)),

    async run(ctx: Context): Promise<void> {
      const id = fileId(ctx);
      const { presets = ['default'], engine, force } = validateZodSchema(runBody)(ctx.request.body ?? {});
      const { config, planner } = getApp(strapi);
      const unknown = presets.filter((preset) => !(preset in config.presets));
      if (unknown.length > 0) {
        const known = Object.keys(config.presets).join(', ');
        throw new errors.ValidationError(
          `presets: expected names of configured presets (${known}), received '${unknown.join("', '")}'.`,
        );
      }
      await planner.plan(id, {
        source: 'admin',
        wish: { presets, ...(engine ? { engine } : {}) },
        ...(force === undefined ? {} : { force }),
      });
      await respond(ctx, id);
    },

    async remove(ctx: Context): Promise<void> {
      const id = fileId(ctx);
      const { planner, sweeper } = getApp(strapi);
      await planner.plan(id, { source: 'admin', optOut: true });
      await removeVariants(strapi, id);
      await sweeper.asset(id);
      await respond(ctx, id);
    },
  };
};
