import type { Core } from '@strapi/strapi';
import { checkedKey } from '../engines/remote/address';
import { printOf } from '../engines/remote/caller';
import { CutoutError } from '../errors';
import type { Stored } from './stored';

/** Strapi's own, which encrypts API tokens too. */
interface Encryption {
  /** Null without `admin.secrets.encryptionKey`. */
  encrypt(text: string): string | null;
  /** Null also where the text was encrypted by another key. */
  decrypt(text: string): string | null;
}

/** Older Strapis have none. */
function encryptionOf(strapi: Core.Strapi): Encryption | undefined {
  const found: unknown = strapi.service('admin::encryption');
  return found as Encryption | undefined;
}

export function canEncrypt(strapi: Core.Strapi): boolean {
  const secrets = strapi.config.get<{ encryptionKey?: unknown } | undefined>('admin.secrets');
  return Boolean(secrets?.encryptionKey) && encryptionOf(strapi) !== undefined;
}

/** So many letters are shown, of keys that are long enough for that to tell nothing. */
const SHOWN = 4;
const LONG = 16;

/**
 * @throws CutoutError `options.invalid` for what no header can carry, `settings.no-encryption` where Strapi has no key to
 * encrypt it with
 */
export function sealKey(strapi: Core.Strapi, text: string): NonNullable<Stored['apiKey']> {
  const key = requireSendable(text);
  const encrypted = canEncrypt(strapi) ? (encryptionOf(strapi)?.encrypt(key) ?? null) : null;
  if (encrypted === null)
    throw new CutoutError(
      'settings.no-encryption',
      "The API key is not stored in clear: set admin.secrets.encryptionKey in config/admin (env('ENCRYPTION_KEY')), or put the key into the environment.",
    );
  return { encrypted, print: printOf(key), end: key.length >= LONG ? key.slice(-SHOWN) : '' };
}

function requireSendable(text: string): string {
  try {
    return checkedKey(text);
  } catch {
    throw new CutoutError('options.invalid', 'apiKey: expected printable ASCII characters without spaces');
  }
}

/** The key in clear; null where it cannot be read, as with another encryption key than it was stored with. */
export function openKey(strapi: Core.Strapi, { encrypted }: NonNullable<Stored['apiKey']>): string | null {
  try {
    return encryptionOf(strapi)?.decrypt(encrypted) ?? null;
  } catch {
    return null;
  }
}
