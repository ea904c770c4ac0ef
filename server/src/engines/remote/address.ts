import { CutoutError } from '../../errors';

/** Where the service lives, by its documents. */
export const defaultApiUrl = 'https://api.rembg.com';
export const defaultAccountUrl = 'https://www.rembg.com';

/** Whether a host name is this machine, where plain HTTP and no proxy are in order. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Checks a base URL the API key will be sent to: https, or anything on loopback.
 * @throws CutoutError `config.invalid` naming the setting.
 */
export function baseUrl(value: string, name: string): URL {
  const invalid = (expected: string) =>
    new CutoutError('config.invalid', `Expected ${expected} for ${name} but received ${described(value)}.`);
  if (!URL.canParse(value)) throw invalid('a URL');
  const url = new URL(value);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw invalid('an https URL (http only for this machine)');
  }
  if (url.username || url.password || url.search || url.hash) throw invalid('a URL without user, query and fragment');
  return url;
}

/** A path below a base URL, whether or not that ends in a slash. */
export function under(base: URL, path: string): URL {
  return new URL(`${base.pathname.replace(/\/+$/, '')}${path}`, base);
}

/** A URL typed wrongly may hold a password anywhere; messages say only what kind it is. */
function described(value: string): string {
  return URL.canParse(value) ? `another ${new URL(value).protocol.slice(0, -1)} URL` : 'another text';
}

/**
 * Checks an API key and gives it back without the space around it. What a header cannot carry is refused here, because
 * later errors would quote it.
 * @throws CutoutError `config.invalid`, without the key.
 */
export function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (isSendableKey(trimmed)) return trimmed;
  throw new CutoutError('config.invalid', 'Expected printable ASCII characters without spaces for remote.apiKey.');
}

/** Whether a header can carry the key. */
export const isSendableKey = (key: string) => /^[\x21-\x7e]{1,512}$/.test(key);

/** Takes a secret out of a text that came from outside. */
export function redact(text: string, secret: string): string {
  return secret === '' ? text : text.split(secret).join('***');
}
