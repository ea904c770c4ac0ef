import { createReadStream } from 'node:fs';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { type CutoutApp, getApp } from '../../app';
import { CutoutError, detailOf, messageOf } from '../../errors';
import type { PictureFile } from '../../imaging/picture';
import { createApiCalls } from '../../usage/api-calls';
import { makeWorkDir } from '../../work-dir';
import { closeAfter, onceClosed } from '../closing';
import { actions, identify } from './access';
import { BadFormError, discardBody, receiveForm } from './body';
import { readOptions } from './fields';
import { membershipUsage } from './membership';
import { findImageIssue, makePicture } from './picture';
import { rateLimitOf } from './rate-limit';
import { MAX_BYTES, type Refusal, refusalBody, refusals, refusedBy, refusedFields } from './refusals';

/** From a call's first byte to its answer's first, with the wait for a picture child; also for taking the answer. */
const CALL_MS = 5 * 60_000;

/** This Strapi as a Rembg service, see docs/rembg-endpoint.md. Bytes in, bytes out: nothing is kept of a picture. */
export const rembgController = ({ strapi }: { strapi: Core.Strapi }) => {
  const callsOf = ({ config, clock }: CutoutApp) => createApiCalls(strapi, config, clock.now);

  return {
    /** `POST /api/cutout/rmbg` */
    async remove(ctx: Context) {
      const { config } = getApp(strapi);
      // As if there were no such route.
      if (!config.rembgApi.enabled) {
        await discardBody(ctx.req);
        return ctx.notFound();
      }
      await answering(strapi, ctx, async (signal) => {
        const access = await identify(strapi, ctx, actions.remove);
        const refusal = 'refusal' in access ? access.refusal : await limitOf(strapi, config, access.token);
        if (refusal) {
          await discardBody(ctx.req);
          return refusal;
        }
        return serve(strapi, ctx, signal);
      });
    },

    /** `GET /api/cutout/membership-usage` */
    async find(ctx: Context) {
      const app = getApp(strapi);
      if (!app.config.rembgApi.enabled) return ctx.notFound();
      await answering(strapi, ctx, async () => {
        const access = await identify(strapi, ctx, actions.usage);
        if ('refusal' in access) return access.refusal;
        const { config, clock } = app;
        const query = new URLSearchParams(ctx.querystring);
        const answer = await membershipUsage(query, { config, calls: callsOf(app), now: clock.now() });
        if ('refusal' in answer) return answer.refusal;
        ctx.body = answer.body;
        return null;
      });
    },
  };

  async function serve(strapi: Core.Strapi, ctx: Context, signal: AbortSignal): Promise<Refusal | null> {
    const app = getApp(strapi);
    const dir = await makeWorkDir();
    try {
      const maxBytes = Math.min(MAX_BYTES, app.config.limits.maxBytes);
      const { fields, image } = await receiveForm(ctx.req, { dir: dir.path, maxBytes, signal });
      const read = readOptions(fields);
      const issue = await findImageIssue(app, image, { maxBytes, signal });
      if (issue || !image || !read.ok)
        return refusedFields([...(issue ? [issue] : []), ...(read.ok ? [] : read.issues)]);

      const giveBack = await callsOf(app).take();
      if (!giveBack) return refusals.noCredits;
      try {
        send(ctx, await makePicture(app, image, { options: read.options, outDir: dir.path, signal }));
      } catch (error) {
        await giveBack();
        throw error;
      }
      return null;
    } finally {
      // The answer is read from the folder; on Windows an open file would keep it there.
      onceClosed(ctx, () =>
        dir.remove().catch((error: unknown) => {
          strapi.log.warn(`[cutout] a folder of the Rembg endpoint was not removed: ${messageOf(error)}`);
        }),
      );
    }
  }
};

async function limitOf(strapi: Core.Strapi, config: CutoutApp['config'], token: string): Promise<Refusal | null> {
  const retryAfter = await rateLimitOf(strapi, config).take(token);
  return retryAfter === null ? null : { ...refusals.tooQuick, retryAfter };
}

/** Does `work` while the caller waits for it, and answers with its refusal, or with that of what it throws. */
async function answering(
  strapi: Core.Strapi,
  ctx: Context,
  work: (signal: AbortSignal) => Promise<Refusal | null>,
): Promise<void> {
  const gone = new AbortController();
  onceClosed(ctx, () => gone.abort(new CutoutError('job.cancelled', 'The caller is gone.')));
  const late = AbortSignal.timeout(CALL_MS);
  const refusal = await work(AbortSignal.any([gone.signal, late])).catch((error: unknown): Refusal => {
    if (gone.signal.aborted) return refusals.unavailable;
    if (late.aborted) return refusals.timedOut;
    if (error instanceof BadFormError) return refusals.badForm;
    const refused = error instanceof CutoutError ? refusedBy(error) : refusals.failed;
    if (refused.status >= 500) {
      strapi.log.error(`[cutout] the Rembg endpoint: ${messageOf(error)}`);
      strapi.log.debug(`[cutout] the Rembg endpoint: ${detailOf(error) ?? 'no more is known'}`);
    }
    return refused;
  });
  if (!refusal) return;
  ctx.status = refusal.status;
  ctx.body = refusalBody(refusal);
  if (refusal.retryAfter !== undefined) ctx.set('Retry-After', String(refusal.retryAfter));
}

function send(ctx: Context, { path, mime, bytes }: PictureFile): void {
  ctx.status = 200;
  ctx.body = createReadStream(path);
  ctx.type = mime;
  ctx.length = bytes;
  closeAfter(ctx, CALL_MS);
}
