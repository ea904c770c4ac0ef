import { parseConfig } from '../../../server/src/config';
import { addressOf, causeOf } from '../../../server/src/jobs/queues/redis';
import { takes } from '../../../server/src/start/presence';

describe('the address of Redis', () => {
  it('gives user, password, database and TLS', () => {
    expect(addressOf('rediss://cms:p%40ss@redis.example.com:6380/3')).toEqual({
      ...{ host: 'redis.example.com', port: 6380, db: 3, username: 'cms', password: 'p@ss' },
      tls: { servername: 'redis.example.com' },
    });
    expect(addressOf('redis://[::1]')).toEqual({ host: '::1', port: 6379, db: 0 });
  });

  it('is in no refusal of the configuration, however it is wrong', () => {
    for (const queue of [
      { driver: 'bull', redis: 'http://:hidden-word@host' },
      { driver: 'bull', redis: 'hidden-word' },
      { driver: 'bull', redis: { url: 'redis://:hidden-word@host' } },
      'redis://:hidden-word@host',
    ]) {
      expect(() => parseConfig({ queue })).toThrow(/^plugin::cutout\.queue/);
      expect(() => parseConfig({ queue })).not.toThrow(/hidden-word/);
    }
  });

  it('is asked for by the driver bull, and blank means that there is none', () => {
    expect(() => parseConfig({ queue: { driver: 'bull', redis: ' ' } })).toThrow(/queue\.redis: expected a redis/);
    expect(parseConfig({ queue: { driver: '', redis: '' } }).queue).toMatchObject({ driver: 'embedded', redis: null });
    expect(() => parseConfig({ remote: { jobsPerMinute: 5 } })).toThrow(/remote\.jobsPerMinute/);
  });
});

it('the cause of a failure is a word, never what was sent', () => {
  const refusal = Object.assign(new Error('WRONGPASS invalid username-password pair'), { name: 'ReplyError' });
  expect(causeOf(refusal)).toBe('WRONGPASS');
  expect(causeOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(causeOf(new Error('AUTH hidden-word'))).toBe('it does not answer');
});

it('a process leaves what it cannot do to those that can, and takes it where nobody can', () => {
  const [all, remote] = [
    { local: true, remote: true },
    { local: false, remote: true },
  ];
  const taken = (mine: typeof all, others: (typeof all)[]) =>
    (['local', 'remote', 'auto'] as const).filter((engine) => takes(engine, mine, others));
  expect(taken(all, [])).toEqual(['local', 'remote', 'auto']);
  expect(taken(remote, [all])).toEqual(['remote']);
  expect(taken(remote, [remote])).toEqual(['local', 'remote', 'auto']);
});
