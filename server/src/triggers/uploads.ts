import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import type { Planner, PlanRequest } from '../jobs/plan';
import type { JobSource } from '../tables/jobs';
import type { Sweeper } from '../variants/sweep';

interface LifecycleEvent {
  params: { data?: Record<string, unknown> };
  result?: { id: number };
}

export interface UploadTriggerOptions {
  strapi: Core.Strapi;
  planner: Planner;
  sweeper: Sweeper;
}

/**
 * Watches the media library's own writes. Nothing here may fail an upload: a lifecycle that throws would leave the row
 * and the file behind an error answer, so every fault ends in the log.
 */
export function watchUploads({ strapi, planner, sweeper }: UploadTriggerOptions): () => void {
  const guarded = (what: string, task: (event: LifecycleEvent) => Promise<unknown>) => async (event: unknown) => {
    try {
      await task(event as LifecycleEvent);
    } catch (error) {
      strapi.log.error(`[cutout] ${what} went on without a cutout: ${messageOf(error)}`);
    }
  };

  return strapi.db.lifecycles.subscribe({
    models: ['plugin::upload.file'],
    afterCreate: guarded('an upload', async ({ result }) => {
      if (result) await planner.plan(result.id, { source: uploadSource(strapi), ...requestedByUpload(strapi) });
    }),
    afterUpdate: guarded('a replaced asset', async ({ params, result }) => {
      if (!result || !isReplace(params.data)) return;
      await planner.plan(result.id, { source: uploadSource(strapi), replaced: true, ...requestedByUpload(strapi) });
      // What a job stored while the bytes were being replaced is known to no `formats` any more.
      await sweeper.asset(result.id);
    }),
    afterDelete: guarded('a deleted asset', async ({ result }) => {
      if (result) await sweeper.asset(result.id);
    }),
  });
}

/** A replace or crop writes the file anew; an edit of its details has no `formats`, our own writes pass no lifecycle. */
const isReplace = (data: Record<string, unknown> | undefined) =>
  Boolean(data && 'hash' in data && 'mime' in data && 'formats' in data);

const uploadSource = (strapi: Core.Strapi): JobSource =>
  strapi.requestContext.get()?.request.url.startsWith('/api/') ? 'api' : 'upload';

/** The `cutout` field of a multipart body or query: a yes, a no, or preset names. */
function requestedByUpload(strapi: Core.Strapi): Pick<PlanRequest, 'wish' | 'optOut'> {
  const ctx = strapi.requestContext.get();
  if (!ctx) return {};
  const body = ctx.request.body as Record<string, unknown> | undefined;
  return parseUploadWish(body?.cutout ?? ctx.query.cutout);
}

/** @returns nothing for a missing or empty value, which leaves the decision to the rules. */
export function parseUploadWish(value: unknown): Pick<PlanRequest, 'wish' | 'optOut'> {
  if (Array.isArray(value)) return value.length > 0 ? { wish: { presets: value.map(String) }, optOut: false } : {};
  const text = typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (text === '') return {};
  if (/^(false|0|no|off)$/i.test(text)) return { optOut: true };
  if (/^(true|1|yes|on)$/i.test(text)) return { wish: { presets: ['default'] }, optOut: false };
  const presets = text.replace(/^\[|\]$/g, '').split(',');
  return { wish: { presets: presets.map((name) => name.trim().replace(/^"|"$/g, '')).filter(Boolean) }, optOut: false };
}
