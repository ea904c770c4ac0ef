import type { Core } from '@strapi/strapi';
import { variantKey } from '../../assets/keys';
import { demandPresets } from '../ask';
import { answering, parseInput } from '../respond';
import { deleteVariant, findFile } from './actions';
import { variantQuery } from './contracts';
import { answerWithout, leadTo } from './stand-in';

/** `/api/cutout/files/:id/variants/:preset`: an address that stays, whatever the stored file is called. */
export const variantsController = ({ strapi }: { strapi: Core.Strapi }) => ({
  findOne: answering(async (ctx) => {
    const preset = String(ctx.params.preset);
    demandPresets(strapi, [preset]);
    const file = await findFile(strapi, String(ctx.params.id));
    const { fallback } = parseInput(variantQuery, ctx.query, 'query');
    const entry = file.formats?.[variantKey(preset)];
    if (entry) return leadTo(strapi, ctx, entry);
    return answerWithout(strapi, ctx, file, { missing: `variant '${preset}'`, preset, fallback });
  }),

  delete: answering(async (ctx) => {
    await deleteVariant(strapi, await findFile(strapi, String(ctx.params.id)), String(ctx.params.preset));
    ctx.status = 204;
  }),
});
