import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { outdate } from '../assets/asset';
import type { Looks } from '../jobs/looks';
import { type JobSource, PAY, type PlanRequest } from '../words';
import type { SweepSoon } from '../variants/sweep-soon';
import { guarded } from './guard';
import { parseUploadWish } from './upload-wish';

interface LifecycleEvent {
  params: { data?: Record<string, unknown>; where?: { id?: unknown } };
  result?: { id: number } | null;
  /** Kept by Strapi from an event before the write to the one after it. */
  state: { counted?: boolean };
}

export interface UploadTriggerOptions {
  strapi: Core.Strapi;
  looks: Pick<Looks, 'add'>;
  sweepSoon: SweepSoon;
}

/** Watches the media library's own writes. @returns how to end it. */
export function watchUploads({ strapi, looks, sweepSoon }: UploadTriggerOptions): () => void {
  const on = (what: string, task: (event: LifecycleEvent) => Promise<unknown>) => (event: unknown) =>
    guarded(strapi, what, () => task(event as LifecycleEvent));

  return strapi.db.lifecycles.subscribe({
    models: ['plugin::upload.file'],
    afterCreate: on('an upload', async ({ result }) => {
      if (result) await looks.add(result.id, { source: uploadSource(strapi), ...(await requestedByUpload(strapi)) });
    }),
    beforeUpdate: on('a replaced asset', async ({ params, state }) => {
      const id = Number(params.where?.id);
      if (isReplace(params.data) && Number.isSafeInteger(id)) state.counted = await outdate(strapi, id);
    }),
    afterUpdate: on('a changed asset', async ({ params, result, state }) => {
      if (!result) return;
      const source = uploadSource(strapi);
      if (isReplace(params.data)) {
        const replaced = state.counted ? 'counted' : 'uncounted';
        await looks.add(result.id, { source, replaced, ...(await requestedByUpload(strapi)) });
        // Its variants, and what a job stored while the bytes were being replaced: no `formats` names them any more.
        await sweepSoon.asset(result.id);
      } else if (params.data && 'folderPath' in params.data) {
        await looks.add(result.id, { source });
      }
    }),
    afterDelete: on('a deleted asset', async ({ result }) => {
      if (result) await sweepSoon.asset(result.id);
    }),
  });
}

/** A replace or crop writes the file anew; an edit of its details has no `formats`, our own writes pass no lifecycle. */
const isReplace = (data: Record<string, unknown> | undefined) =>
  Boolean(data && 'hash' in data && 'mime' in data && 'formats' in data);

const uploadSource = (strapi: Core.Strapi): JobSource =>
  strapi.requestContext.get()?.request.url.startsWith('/api/') ? 'api' : 'upload';

async function requestedByUpload(strapi: Core.Strapi): Promise<Pick<PlanRequest, 'wish' | 'optOut'>> {
  const ctx = strapi.requestContext.get();
  if (!ctx) return {};
  const body = ctx.request.body as Record<string, unknown> | undefined;
  const asked = parseUploadWish(body?.cutout ?? ctx.query.cutout);
  const { wish } = asked;
  if (!wish?.engine || wish.engine === 'local' || (await mayChoose(strapi, ctx))) return asked;
  // Who may upload may not spend by that.
  return { ...asked, wish: { presets: wish.presets } };
}

/** Whether who uploads may ask for an engine that costs credits: as a person in the admin panel, or by the content API. */
async function mayChoose(strapi: Core.Strapi, { state }: Context): Promise<boolean> {
  const { userAbility, auth } = state as { userAbility?: { can(action: string): boolean }; auth?: unknown };
  if (userAbility?.can(PAY)) return true;
  const rights = strapi.get<{ verify(auth: unknown, config: { scope: string[] }): Promise<void> }>('auth');
  return rights.verify(auth, { scope: [PROCESS] }).then(
    () => true,
    () => false,
  );
}

const PROCESS = 'plugin::cutout.files.process';
