import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { answering, parseInput } from '../respond';
import { streamJobs } from '../stream/job-stream';
import { eventQuery, lastEventId } from './contracts';

/** Seconds until somebody else may have left. */
const COME_BACK_S = 30;

/** `GET /api/cutout/events`: what becomes of jobs, as it happens. */
export const eventsController = ({ strapi }: { strapi: Core.Strapi }) => ({
  find: answering(async (ctx) => {
    const { fileId, state } = parseInput(eventQuery, ctx.query, 'query');
    const since = parseInput(lastEventId, ctx.get('last-event-id') || null, 'Last-Event-ID');
    if (ctx.method === 'HEAD') {
      ctx.status = 200;
      return;
    }
    try {
      await streamJobs(strapi, ctx, {
        ...{ fileIds: fileId ?? null, states: state ?? null, since },
        caller: callerOf(ctx),
        stillMay: () => stillMay(strapi, ctx),
      });
    } catch (error) {
      if (error instanceof CutoutError) ctx.set('Retry-After', String(COME_BACK_S));
      throw error;
    }
  }),
});

/** Who shares a limit: a token, a site's user, or an address. */
function callerOf({ state, ip }: Context): string {
  const { strategy, credentials } = state.auth as { strategy: { name: string }; credentials: { id: number } | null };
  return credentials ? `${strategy.name} ${credentials.id}` : ip;
}

/** A token may be taken back or expire, and a role may lose its permission, while the stream is open. */
async function stillMay(strapi: Core.Strapi, { request, cookies, state: { route } }: Context): Promise<boolean> {
  const again = { request, cookies, state: { route, auth: null }, unauthorized: () => undefined };
  const auth = strapi.get('auth');
  try {
    await auth.authenticate(again, async () => undefined);
    await auth.verify(again.state.auth, route.config.auth);
    return true;
  } catch {
    return false;
  }
}
