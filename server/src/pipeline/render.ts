import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { CutoutError } from '../errors';
import type { PictureFile } from '../imaging/picture';
import { fetchMatte } from '../mattes/fetch';
import type { ComposeOptions } from '../options';
import type { Pool } from '../pool/contract';
import { type AssetFile, copyName, fetchOriginal } from '../storage/original';
import type { FormatEntry } from '../tables/files';
import { priorityOf } from '../words';

export interface RenderRequest {
  file: Pick<AssetFile, 'id' | 'name' | 'url'>;
  /** The asset's own copy of its matte. */
  matte: FormatEntry;
  options: ComposeOptions;
  background: AssetFile | undefined;
  workDir: string;
}

/** Composes a picture from an asset's stored matte: no run of a model, no credit, nothing written to the asset. */
export type Render = (request: RenderRequest) => Promise<PictureFile>;

/** With the waits for the upload provider and for a picture child. */
const RENDER_MS = 5 * 60_000;
const COME_BACK_MS = 2000;

export function createRender(strapi: Core.Strapi, config: Config, pool: Pool): Render {
  return async ({ file, matte, options, background, workDir }) => {
    const signal = AbortSignal.timeout(RENDER_MS);
    const limits = { ...config.limits, signal };
    const [assetDir, outDir] = [join(workDir, 'asset'), join(workDir, 'out')];
    await mkdir(assetDir);
    await mkdir(outDir);
    const original = await fetchOriginal(strapi, file, join(assetDir, copyName(file)), limits);
    if (original.sha256 !== matte.cutout?.source) throw replacedError();
    const mattePath = await fetchMatte(strapi, matte, workDir, signal);
    if (mattePath === null) throw matteMissing(file);
    const backgroundPath =
      background && (await fetchOriginal(strapi, background, join(workDir, 'background'), limits)).path;
    const { variants } = await pool.run(
      'cutout',
      {
        source: original.path,
        matte: { kind: 'file', path: mattePath },
        // It was judged when its matte was made.
        limits: { ...config.limits, transparencyThreshold: null },
        refine: config.refine,
        outDir,
        writeMatte: false,
        variants: [
          {
            key: 'render',
            options,
            ...(backgroundPath ? { backgroundPath } : {}),
            mostPixels: config.render.maxPixels,
          },
        ],
      },
      { timeoutMs: config.local.jobTimeoutMs, signal, priority: priorityOf('api') },
    );
    const [picture] = variants;
    if (!picture) throw new CutoutError('worker.failed', 'The picture process made no picture.');
    return picture;
  };
}

/** A replace stores its bytes before it writes the asset's row, which then has no matte any more. */
const replacedError = (): CutoutError =>
  new CutoutError('job.stale', 'The asset is being replaced: its matte was made of other bytes.', {
    retryAt: Date.now() + COME_BACK_MS,
  });

const matteMissing = ({ id }: { id: number }): CutoutError =>
  new CutoutError('variant.missing', `The matte of asset ${id} is not where the upload provider stores it.`);
