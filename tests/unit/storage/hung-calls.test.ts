import type { Core } from '@strapi/strapi';
import { callProvider } from '../../../server/src/storage/hung-calls';

/** All that the guard asks of Strapi: which provider is configured. */
const strapiWith = (provider: string) => ({ config: { get: () => ({ provider }) } }) as unknown as Core.Strapi;

/** Calls that end when they are told to. */
function hanging() {
  const ends: (() => void)[] = [];
  return { call: () => new Promise<void>((resolve) => ends.push(resolve)), ends };
}

const unavailable = { code: 'storage.unavailable' };

describe('calls of the upload provider', () => {
  it('that do not return are given up on, and said to be', async () => {
    const { call } = hanging();
    await expect(callProvider(strapiWith('local'), 40, undefined, call)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('did not answer within') as string,
    });
  });

  it('of a local provider are no more than two while they hang, until one returns', async () => {
    const strapi = strapiWith('local');
    const { call, ends } = hanging();
    for (let at = 0; at < 5; at += 1) {
      await expect(callProvider(strapi, 20, undefined, call)).rejects.toMatchObject(unavailable);
    }
    expect(ends).toHaveLength(2);
    ends[0]!();
    await Promise.resolve();
    expect(await callProvider(strapi, 20, undefined, async () => 'back')).toBe('back');
    ends[1]!();
  });

  it('of a provider in the network are tried once a minute, and go on once one answers', async () => {
    const strapi = strapiWith('aws-s3');
    const { call, ends } = hanging();
    for (let at = 0; at < 2; at += 1) await expect(callProvider(strapi, 20, undefined, call)).rejects.toBeDefined();
    expect(await callProvider(strapi, 20, undefined, async () => 'trial')).toBe('trial');
    expect(await callProvider(strapi, 20, undefined, async () => 'all')).toBe('all');
    for (let at = 0; at < 5; at += 1) await expect(callProvider(strapi, 20, undefined, call)).rejects.toBeDefined();
    expect(ends).toHaveLength(4);
  });

  it('end with the caller', async () => {
    const abort = new AbortController();
    const { call } = hanging();
    const ended = callProvider(strapiWith('local'), 60_000, abort.signal, call);
    abort.abort(new Error('stop'));
    await expect(ended).rejects.toThrow('stop');
  });

  it('fail as the provider fails, and then nothing hangs', async () => {
    const strapi = strapiWith('local');
    for (let at = 0; at < 3; at += 1) {
      await expect(callProvider(strapi, 1000, undefined, () => Promise.reject(new Error('full')))).rejects.toThrow(
        'full',
      );
    }
    expect(await callProvider(strapi, 1000, undefined, async () => 1)).toBe(1);
  });
});
