import { randomUUID } from 'node:crypto';
import { request, type Session } from '../../scripts/lib/client';

export interface TokenOptions {
  type: 'read-only' | 'custom' | 'full-access';
  /** Actions of a custom token. */
  permissions?: string[];
  name?: string;
  /** Milliseconds; for ever when left out. */
  lifespan?: number;
}

/** A new API token of Strapi's. */
export async function tokenOf(
  { url, jwt }: Session,
  { name = randomUUID(), ...settings }: TokenOptions,
): Promise<string> {
  const json = { name, description: '', lifespan: null, ...settings };
  const { data } = await request(url, 'POST', '/admin/api-tokens', { bearer: jwt, json });
  return data.accessKey as string;
}
