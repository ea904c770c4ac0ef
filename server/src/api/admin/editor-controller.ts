import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { findAsset } from '../../assets/asset';
import { MATTE_KEY, variantKey } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { optionsFor } from '../../options';
import { changedOptions } from '../../options/hash';
import { copyName, fetchOriginal } from '../../storage/original';
import { priorityOf } from '../../words';
import { inWorkDir } from '../../work-dir';
import { onceClosed } from '../closing';
import { findFile } from '../content/actions';
import type { EditorResponse } from '../contracts';
import { answering } from '../respond';
import { readProvenance } from './provenance';
import { accessFile, type FileAccess } from './rights';
import { sendFile } from './send-file';

type Preset = EditorResponse['data']['presets'][number];

const LIMIT_MS = 2 * 60_000;
/** What a browser paints on without trouble, on a phone too. */
const MOST_SIDE = 2048;
const MOST_BYTES = 32 * 1024 * 1024;
/** A file that is one of these, upright and small enough goes as it is. */
const READ_BY_BROWSERS = ['jpeg', 'png', 'webp'];

/** What the editor is opened with. */
export const editorController = ({ strapi }: { strapi: Core.Strapi }) => {
  /** By a numeric id or a documentId. */
  const open = async (ctx: Context): Promise<FileAccess> =>
    accessFile(strapi, ctx, (await findFile(strapi, String(ctx.params.id))).id, 'read');

  return {
    findOne: answering(async (ctx) => {
      const { file } = await open(ctx);
      const formats = file.formats ?? {};
      const matte = formats[MATTE_KEY];
      if (!matte?.cutout) throw new CutoutError('asset.missing', `Asset ${file.id} has no matte.`);
      const { config, planner } = getApp(strapi);
      const given = (await findAsset(strapi, file.id))?.wish?.options ?? {};
      const hashes = planner.hashesFor({ options: given });
      const presets = Object.entries(config.presets).map(([name, options]): Preset => {
        const made = formats[variantKey(name)]?.cutout;
        const isCurrent = made?.options === hashes[name];
        const own = Object.hasOwn(given, name) ? changedOptions(optionsFor(options, given[name])) : null;
        return { name, options: changedOptions(options), own, made: made ? (isCurrent ? 'current' : 'older') : null };
      });
      const { id: fileId, name } = file;
      const { width, height } = matte;
      const provenance = await readProvenance(strapi, fileId, matte.cutout);
      ctx.body = { data: { fileId, name, width, height, presets, provenance } } satisfies EditorResponse;
      ctx.set('Cache-Control', 'private, no-store');
    }),

    /** The original as a browser can paint on it: upright, of a kind that it reads, and of the admin's own origin. */
    original: answering(async (ctx) => {
      const { file } = await open(ctx);
      const { config, pool } = getApp(strapi);
      const gone = new AbortController();
      onceClosed(ctx, () => gone.abort());
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(LIMIT_MS)]);
      await inWorkDir(async (workDir) => {
        const source = join(workDir, copyName(file));
        await fetchOriginal(strapi, file, source, { ...config.limits, signal });
        const task = {
          ...{ source, output: join(workDir, 'upright'), accept: READ_BY_BROWSERS },
          ...{ maxWidth: MOST_SIDE, maxHeight: MOST_SIDE, maxBytes: MOST_BYTES },
        };
        const run = { timeoutMs: LIMIT_MS, signal, priority: priorityOf('admin') };
        const { file: picture } = await pool.run('convert', task, run);
        await sendFile(ctx, picture.path, picture.mime);
      });
    }),
  };
};
