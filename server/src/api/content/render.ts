import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { findAsset } from '../../assets/asset';
import { MATTE_KEY } from '../../assets/keys';
import { type CutoutApp, getApp } from '../../app';
import { CutoutError } from '../../errors';
import { FILE_TYPES } from '../../imaging/file-types';
import { findBackground } from '../../pipeline/backgrounds';
import type { Rendered } from '../../renders';
import { renderName } from '../../renders/name';
import type { AssetFile } from '../../storage/original';
import { isPrivateProvider } from '../../storage/provider';
import type { FormatEntry } from '../../tables/files';
import { onceClosed } from '../closing';
import { answering } from '../respond';
import { findFile, type FoundFile } from './actions';
import { isForEverybody } from './caching';
import { renderAgainOf } from './render-again';
import { answerRender, hasIt } from './render-answer';
import { readRenderQuery, type RenderQuery, requireSize } from './render-query';
import { answerWithout } from './stand-in';

type Background = AssetFile & { updatedAt: Date | string | number; size: number };

/** `/api/cutout/files/:id/render`: pictures by a preset or by any options, made of the stored matte when asked for. */
export const renderController = ({ strapi }: { strapi: Core.Strapi }) => ({
  findOne: answering(async (ctx) => {
    const app = getApp(strapi);
    // As if there were no such route.
    if (app.config.render.mode === 'off') return ctx.notFound();
    const query = readRenderQuery(ctx.query, app.config);
    const file = await findFile(strapi, String(ctx.params.id));
    // What the caller sees by a preset's name is what is stored by it.
    const own = query.preset === null ? undefined : (await findAsset(strapi, file.id))?.wish?.options;
    await answerWithRender(strapi, ctx, file, own ? readRenderQuery(ctx.query, app.config, own) : query);
  }),
});

/** Answers with a file's picture as the query asks for it. @throws CutoutError of what cannot be rendered */
export async function answerWithRender(
  strapi: Core.Strapi,
  ctx: Context,
  file: FoundFile,
  query: RenderQuery,
): Promise<void> {
  const app = getApp(strapi);
  const matte = file.formats?.[MATTE_KEY];
  if (!matte?.cutout) {
    const { preset, fallback } = query;
    return answerWithout(strapi, ctx, file, { missing: 'matte to make a picture of', preset, fallback });
  }
  requireSize(matte, query.options, app.config.render.maxPixels);
  const background = await findBackground<Background>(strapi, query.options, 'bg_image');
  const name = nameOf(app, matte, query, background);
  const isPublic = isForEverybody(ctx) && !(await isPrivateProvider(strapi));
  const { mime, ext } = FILE_TYPES[query.options.format];
  const fileName = `${plainName(file.name, query.preset)}${ext}`;
  const answer = { name, mime, fileName, isPublic, maxAgeS: app.config.render.maxAgeS };
  const find = async () =>
    (await app.renders.find(name)) ?? (await make(app, ctx, name, { file, matte, background, query }));
  answerRender(ctx, answer, hasIt(ctx, answer) ? null : await find());
  renderAgainOf(strapi)?.keep(ctx, answer);
}

function nameOf(
  { config }: CutoutApp,
  matte: FormatEntry,
  { options }: RenderQuery,
  background: Background | undefined,
): string {
  return renderName({
    source: matte.cutout!.source,
    matte: matte.hash,
    options,
    refine: config.refine,
    // A replace keeps the asset's hash and changes when it was updated.
    background: background
      ? [background.id, background.hash, background.size, new Date(background.updatedAt).getTime()]
      : null,
  });
}

interface Parts {
  file: FoundFile;
  matte: FormatEntry;
  background: Background | undefined;
  query: RenderQuery;
}

/** @throws CutoutError `render.busy`, and what the making throws */
async function make(app: CutoutApp, ctx: Context, name: string, parts: Parts): Promise<Rendered> {
  const gone = new AbortController();
  onceClosed(ctx, () => gone.abort(new CutoutError('job.cancelled', 'The caller is gone.')));
  const { query, ...of } = parts;
  return app.renders.make(name, gone.signal, (workDir) => app.render({ ...of, options: query.options, workDir }));
}

/** Letters that mean nothing to anybody in a header or in a shell. */
function plainName(name: string, preset: string | null): string {
  const base = name
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return [base || 'cutout', ...(preset === null ? [] : [preset])].join('-');
}
