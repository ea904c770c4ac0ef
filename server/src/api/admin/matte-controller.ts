import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { MATTE_KEY } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { fetchMatte } from '../../mattes/fetch';
import type { FormatEntry } from '../../tables/files';
import { MATTE, type MatteRow } from '../../tables/mattes';
import { priorityOf } from '../../words';
import { inWorkDir } from '../../work-dir';
import { onceClosed } from '../closing';
import { answerWithRender } from '../content/render';
import { readRenderQuery } from '../content/render-query';
import { type AssetResponse, matteQuery, rowId } from '../contracts';
import { answering, parseInput } from '../respond';
import { demandBackground } from './background';
import { createChanges } from './changes';
import { accessFile, type FileAccess, type Right } from './rights';
import { sendFile } from './send-file';
import { viewAssets } from './view-assets';

const params = z.object({ id: rowId });

/** What is asked for without an answer before. */
const LIMIT_MS = 2 * 60_000;
/** A grey PNG of the largest picture that a browser can paint on. */
const MOST_SENT_BYTES = 128 * 1024 * 1024;

/** The form's part; Strapi removes the temporary files of this name alone. */
const sentFile = z.object({ filepath: z.string(), size: z.number() });
const form = z.object({ files: sentFile.or(z.tuple([sentFile]).transform(([file]) => file)) });

/** What the editor works on: an asset's matte, a person's correction of it, and what it would look like. */
export const matteController = ({ strapi }: { strapi: Core.Strapi }) => {
  const changes = createChanges(strapi);
  const open = (ctx: Context, right: Right): Promise<FileAccess> =>
    accessFile(strapi, ctx, parseInput(params, ctx.params, 'id').id, right);

  /** @throws CutoutError `asset.missing` */
  const matteOf = ({ file }: FileAccess): FormatEntry & { width: number; height: number } => {
    const matte = file.formats?.[MATTE_KEY];
    if (!matte?.cutout) throw new CutoutError('asset.missing', `Asset ${file.id} has no matte.`);
    return matte;
  };

  const fetchStored = async (matte: FormatEntry, workDir: string, signal: AbortSignal): Promise<string> => {
    const path = await fetchMatte(strapi, matte, workDir, signal);
    if (path === null) throw new CutoutError('asset.missing', 'The matte is not where the upload provider stores it.');
    return path;
  };

  const respond = async (ctx: Context, access: FileAccess): Promise<void> => {
    const [view] = await viewAssets(strapi, [access]);
    if (!view) throw new CutoutError('asset.missing', `There is no asset ${access.file.id}.`);
    ctx.body = { data: view } satisfies AssetResponse;
  };

  return {
    find: answering(async (ctx) => {
      const matte = matteOf(await open(ctx, 'read'));
      const gone = new AbortController();
      onceClosed(ctx, () => gone.abort());
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(LIMIT_MS)]);
      await inWorkDir(async (workDir) => {
        await sendFile(ctx, await fetchStored(matte, workDir, signal), matte.mime);
      });
    }),

    save: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      const matte = matteOf(access);
      const { keep } = parseInput(matteQuery, ctx.query, 'query');
      const { files } = parseInput(form, { files: ctx.request.files?.files }, 'form');
      if (files.size > MOST_SENT_BYTES) {
        throw new CutoutError('options.invalid', `Expected at most ${MOST_SENT_BYTES} bytes, received ${files.size}.`);
      }
      const { id } = access.file;
      const { pool, config, matteChanges } = getApp(strapi);
      await matteChanges.requireIdle(id);
      const where = { hash: matte.cutout!.matte, state: 'stored' };
      const parent = (await strapi.db.query(MATTE).findOne({ where })) as MatteRow | null;
      if (!parent) throw new CutoutError('asset.missing', `The matte of asset ${id} is not stored any more.`);
      const { width, height } = matte;
      await inWorkDir(async (workDir) => {
        const task = {
          source: files.filepath,
          limits: config.limits,
          width,
          height,
          under: keep ? await fetchStored(matte, workDir, AbortSignal.timeout(LIMIT_MS)) : null,
          output: join(workDir, 'corrected.png'),
        };
        const picture = await pool.run('correct', task, { timeoutMs: LIMIT_MS, priority: priorityOf('admin') });
        const { user } = ctx.state as { user?: { id: number } };
        await matteChanges.correct({ parent, fileId: id, picture, madeBy: user ? String(user.id) : null });
      });
      await respond(ctx, access);
    }),

    takeBack: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      if (changes.costs(access, await changes.wants(access))) access.demand('pay');
      await getApp(strapi).matteChanges.takeBack(access.file.id);
      await respond(ctx, access);
    }),

    preview: answering(async (ctx) => {
      const { file } = await open(ctx, 'read');
      const { config } = getApp(strapi);
      const query = readRenderQuery(ctx.query, { ...config, render: { ...config.render, mode: 'options' } });
      await demandBackground(strapi, ctx, query.options, file.id);
      await answerWithRender(strapi, ctx, file, query);
    }),
  };
};
