import type { Core } from '@strapi/strapi';
import type { Context, Next } from 'koa';
import type { Renders } from '../../renders';
import { answerRender, hasIt, type RenderAnswer } from './render-answer';

/**
 * What everybody is answered, for the second after somebody was: before Strapi's router looks up the role's permissions and
 * the asset, which takes twice as long as all the rest. After that second they are looked up anew. Every cache on the way
 * may keep these answers for much longer.
 */
export interface RenderAgain {
  /** Keeps an answer that is public, and nothing of any other. */
  keep(ctx: Context, answer: RenderAnswer): void;
  middleware(ctx: Context, next: Next): unknown;
}

const KEEP_MS = 1000;
const MOST = 1000;

export function createRenderAgain(renders: Pick<Renders, 'hot'>, now: () => number = Date.now): RenderAgain {
  // A Map keeps the order of insertion, which is that of age.
  const answers = new Map<string, { answer: RenderAnswer; at: number }>();

  const known = (url: string): RenderAnswer | null => {
    const found = answers.get(url);
    if (!found) return null;
    // A clock that was set back must not keep it.
    if (Math.abs(now() - found.at) < KEEP_MS) return found.answer;
    answers.delete(url);
    return null;
  };

  return {
    keep(ctx, answer) {
      if (!answer.isPublic || !isAnonymous(ctx)) return;
      answers.delete(ctx.url);
      answers.set(ctx.url, { answer, at: now() });
      const [oldest] = answers.keys();
      if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
    },
    middleware(ctx, next) {
      const answer = answers.size > 0 && ctx.method === 'GET' && isAnonymous(ctx) ? known(ctx.url) : null;
      if (!answer) return next();
      const rendered = hasIt(ctx, answer) ? null : renders.hot(answer.name);
      if (rendered === undefined) return next();
      answerRender(ctx, answer, rendered);
    },
  };
}

/** Nothing says who calls, not even to a strategy of somebody else's that reads a cookie. */
const isAnonymous = (ctx: Context): boolean => ctx.get('Authorization') === '' && ctx.get('Cookie') === '';

const ofStrapi = new WeakMap<Core.Strapi, RenderAgain>();

/** In front of the router, behind the middlewares that the site configured. */
export function answerAgain(strapi: Core.Strapi, renders: Renders): void {
  const again = createRenderAgain(renders);
  ofStrapi.set(strapi, again);
  strapi.server.use((ctx, next) => again.middleware(ctx, next));
}

export const renderAgainOf = (strapi: Core.Strapi): RenderAgain | undefined => ofStrapi.get(strapi);
