import { errors } from '@strapi/utils';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { type Refusal, refusals } from './refusals';

export type Access = { token: string } | { refusal: Refusal };

/** What a custom API token is given, named after the controller's methods. */
export const actions = { remove: 'plugin::cutout.rembg.remove', usage: 'plugin::cutout.rembg.find' } as const;

/** Strapi's strategies for API tokens of the content API, by its newer and its older name. Not that of site users. */
const STRATEGIES = ['content-api-token', 'api-token'];

/**
 * Who calls, and whether they may. The key is given to Strapi's own strategy for API tokens, so hashes, expiry, kinds of
 * tokens and their permissions are what they are on every other route.
 */
export async function identify(strapi: Core.Strapi, ctx: Context, scope: string): Promise<Access> {
  const key = ctx.get('x-api-key');
  if (key === '') return { refusal: refusals.invalidKey };
  // OPEN in the documents: how a user's token travels. Strapi's come as `Authorization`.
  if (ctx.get('authorization') !== '') return { refusal: refusals.keyAndToken };
  const auth = await authenticated(strapi, key);
  if (auth === null) return { refusal: refusals.invalidKey };
  try {
    await strapi.get('auth').verify(auth, { scope: [scope] });
  } catch (error) {
    if (error instanceof errors.UnauthorizedError) return { refusal: refusals.invalidKey };
    if (error instanceof errors.ForbiddenError) return { refusal: refusals.notAllowed };
    throw error;
  }
  return { token: String(auth.credentials.id) };
}

interface Authenticated {
  credentials: { id: number };
}

/** As `strapi.get('auth')` does it for a route, with the key where it looks for one. */
async function authenticated(strapi: Core.Strapi, key: string): Promise<Authenticated | null> {
  const request = {
    request: { header: { authorization: `Bearer ${key}` } },
    state: {
      route: { info: { type: 'content-api' }, config: { auth: { strategies: STRATEGIES } } },
      auth: null as Authenticated | null,
    },
    unauthorized: () => undefined,
  };
  await strapi.get('auth').authenticate(request, async () => undefined);
  return request.state.auth;
}
