import { plain } from '../plain';
import type { Config } from './schema';

export type Redact = (text: string) => string;

const HIDDEN = '***';
/** Shorter ones would be found in harmless words. */
const LEAST_LETTERS = 4;

/**
 * Takes out of a text what must not leave the server: the secrets of the configuration wherever they stand, and of every
 * address the user, the password, the query and the fragment.
 */
export function redactor({ remote, queue, local }: Config): Redact {
  const addresses = [queue.redis, local.mirror, local.npmRegistry, remote.apiUrl, remote.accountUrl];
  const secrets = [remote.apiKey, ...addresses.flatMap((address) => secretsOf(address))]
    .filter((secret) => secret !== null && secret.length >= LEAST_LETTERS)
    .sort((a, b) => b!.length - a!.length) as string[];
  return (text) => withoutCredentials(secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), plain(text)));
}

function secretsOf(address: string | null): string[] {
  if (address === null || !URL.canParse(address)) return [];
  const { username, password, search } = new URL(address);
  const coded = [username, password, search.slice(1)].filter((part) => part !== '');
  return coded.flatMap((part) => [part, decoded(part)]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `redis://user:word@host/1?x=y` → `redis://***@host/1?***` */
export function withoutCredentials(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"]*@/gi, `$1${HIDDEN}@`)
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#'"]*)[?#][^\s'"]*/gi, `$1?${HIDDEN}`);
}
