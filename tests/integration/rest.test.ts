import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Session } from '../../scripts/lib/client';
import {
  fileListResponse,
  fileResponse,
  type FileView,
  jobListResponse,
  jobResponse,
} from '../../server/src/api/content/contracts';
import { ASSET, type AssetRow } from '../../server/src/tables/assets';
import { JOB } from '../../server/src/tables/jobs';
import { type CoreApp, discard, holdJobs, idle, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc, QUICK } from '../support/quick-model';
import { ofAssets, statementsOf } from '../support/rows-read';
import { tokenOf } from '../support/tokens';
import { withRole } from '../support/site-users';
import { until } from '../support/until';

/** `/api/cutout/files…` and `/api/cutout/jobs…` of a running app. */

let app: CoreApp;
let session: Session;
let seed = 0;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    presets: { card: { format: 'jpeg', bg_color: '#fff' }, thumb: { w: 40, sizes: [20] } },
  }));
}, 180_000);
afterAll(() => discard(app));

const add = async () =>
  upload(session, { name: `disc-${(seed += 1)}.jpg`, bytes: await disc(seed), type: 'image/jpeg' });
const call = (method: string, route: string, { json }: { json?: object } = {}) =>
  fetch(`${session.url}/api/cutout${route}`, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${session.token}`,
      ...(json ? { 'content-type': 'application/json' } : {}),
    },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
const file = async (id: number | string): Promise<FileView> =>
  fileResponse.parse(await (await call('GET', `/files/${id}`)).json()).data;
const run = (id: number | string, json: object = {}) => call('POST', `/files/${id}/process`, { json });
const made = async (json: object = {}) => {
  const { id } = await add();
  const answer = await run(id, { wait: 30, ...json });
  expect(answer.status).toBe(200);
  return fileResponse.parse(await answer.json()).data;
};
const list = async (query: string) => fileListResponse.parse(await (await call('GET', `/files?${query}`)).json());
const errorOf = async (answer: Response) =>
  ((await answer.json()) as { error: { status: number; message: string; details: { code: string } } }).error;

describe('a file', () => {
  it('is processed, and told with its variants, matte, box and job', async () => {
    const data = await made({ presets: ['default', 'card', 'thumb'] });
    expect(data).toMatchObject({ status: 'ready', reason: null, engine: 'local', model: QUICK, stale: [] });
    expect(data.variants.map(({ preset, key }) => [preset, key]).sort()).toEqual([
      ['card', 'cutout_card'],
      ['default', 'cutout'],
      ['thumb', 'cutout_thumb'],
      ['thumb', 'cutout_thumb_20'],
    ]);
    expect(data.matte).toMatchObject({ mime: 'image/png', width: data.width, height: data.height });
    expect(data.box!.width).toBeGreaterThan(0);
    expect(data.box!.x + data.box!.width).toBeLessThanOrEqual(data.width!);
    expect(data.job).toMatchObject({ state: 'done', source: 'api', fileId: data.id });
    expect(await file(data.documentId)).toEqual(await file(data.id));
    for (const { url, mime } of data.variants) {
      const picture = await fetch(session.url + url);
      expect(picture.headers.get('content-type')).toBe(mime);
    }
  });

  it('that was processed is not processed again, by any number of calls', async () => {
    const { id } = await made();
    const answers = await Promise.all([1, 2, 3].map(() => run(id, { wait: 5 })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await app.strapi.db.query(JOB).count({ where: { fileId: id } })).toBe(1);
  });

  it('is answered with 202 and when to come back while it is under way', async () => {
    const { id } = await add();
    const answer = await run(id);
    expect(answer.status).toBe(202);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(fileResponse.parse(await answer.json()).data.variants).toEqual([]);
    await idle(app);
    expect((await run(id)).status).toBe(200);
  });

  it.each([
    ['an unknown preset', { presets: ['nosuch'] }, /expected names of configured presets \(.*card/],
    ['an unknown engine', { engine: 'cloud' }, /engine/],
    ['an unknown key', { preset: 'card' }, /preset/],
    ['a wait that is too long', { wait: 31 }, /wait/],
  ])('refuses %s with a code', async (_title, json, message) => {
    const { id } = await add();
    const answer = await run(id, json);
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toMatchObject({
      details: { code: 'options.invalid' },
      message: expect.stringMatching(message),
    });
    expect((await file(id)).status).toBe('none');
  });

  it.each(['999999', 'a'.repeat(24)])('that is not there (%s) is a 404 with a code', async (id) => {
    for (const answer of [await call('GET', `/files/${id}`), await run(id)]) {
      expect(answer.status).toBe(404);
      expect(await errorOf(answer)).toMatchObject({ details: { code: 'asset.missing' } });
    }
    expect((await call('GET', '/files/not-an-id')).status).toBe(400);
  });
});

describe('the list of files', () => {
  beforeAll(async () => {
    await app.strapi.db.query('plugin::upload.file').deleteMany({});
    for (let i = 0; i < 3; i += 1) await made();
    await add();
    await upload(session, { name: 'text.txt', bytes: 'text', type: 'text/plain' });
  });

  it('is paged and sorted', async () => {
    const page = await list('pagination[page]=2&pagination[pageSize]=3&sort=id:asc');
    expect(page.meta.pagination).toEqual({ page: 2, pageSize: 3, pageCount: 2, total: 4 });
    expect(page.data).toHaveLength(1);
    const all = (await list('sort=name:desc')).data.map(({ name }) => name);
    expect(all).toEqual([...all].sort().reverse());
    expect((await list('')).data.map(({ id }) => id)).toEqual((await list('sort=id:desc')).data.map(({ id }) => id));
  });

  it('is filtered by status, engine and confidence', async () => {
    expect((await list('filters[status]=ready')).meta.pagination.total).toBe(3);
    expect((await list('filters[status][$in][0]=none&filters[status][$in][1]=ready')).meta.pagination.total).toBe(4);
    expect((await list('filters[status][$eq]=none')).data.map(({ status }) => status)).toEqual(['none']);
    expect((await list('filters[engine]=local')).meta.pagination.total).toBe(3);
    expect((await list('filters[engine]=remote')).data).toEqual([]);
    const [{ confidence }] = (await list('filters[status]=ready&pagination[pageSize]=1')).data as [FileView];
    expect((await list(`filters[confidence][$lte]=${confidence}`)).data.length).toBeGreaterThan(0);
    expect((await list('filters[confidence][$lt]=0')).data).toEqual([]);
  });

  it('says of each state what each file says of itself', async () => {
    const { data } = await list('pagination[pageSize]=100');
    for (const { id, status } of data) {
      const same = await list(`filters[status]=${status}&pagination[pageSize]=100`);
      expect(same.data.map((one) => one.id)).toContain(id);
      expect(same.data.every((one) => one.status === status)).toBe(true);
    }
  });

  it('is filtered by staleness', async () => {
    expect((await list('filters[stale]=true')).data).toEqual([]);
    const { id } = (await list('filters[status]=ready')).data[0]!;
    const row = await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
    const { formats } = row as { formats: Record<string, { cutout: object }> };
    formats.cutout!.cutout = { ...formats.cutout!.cutout, options: 'older' };
    await app.strapi.db.query('plugin::upload.file').update({ where: { id }, data: { formats } });
    const stale = await list('filters[stale]=true');
    expect(stale.data.map((one) => [one.id, one.stale])).toEqual([[id, ['options']]]);
    expect((await list('filters[stale]=false')).meta.pagination.total).toBe(3);
  });

  it('costs as many statements for many files as for few', async () => {
    // The least of a few tries: the app's own rounds send statements too.
    const of = async (size: number) => {
      const tries: number[] = [];
      for (let tried = 0; tried < 5; tried += 1) {
        const seen = await statementsOf(app.strapi, async () => void (await list(`pagination[pageSize]=${size}`)));
        tries.push(ofAssets(seen).length);
      }
      return Math.min(...tries);
    };
    expect(await of(4)).toBe(await of(2));
  });

  it.each(['filters[status]=nosuch', 'filters[nosuch]=1', 'pagination[pageSize]=101', 'sort=size', 'page=2'])(
    'refuses %s',
    async (query) => {
      const answer = await call('GET', `/files?${query}`);
      expect(answer.status).toBe(400);
      expect(await errorOf(answer)).toMatchObject({ details: { code: 'options.invalid' } });
    },
  );
});

describe('a variant', () => {
  it('has an address that leads to its file', async () => {
    const { id, variants } = await made({ presets: ['card'] });
    const answer = await call('GET', `/files/${id}/variants/card`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(variants[0]!.url);
    // Caches in between must not hand on what they were given for a token.
    expect(answer.headers.get('cache-control')).toBe('private, max-age=60');
    expect(answer.headers.get('vary')).toMatch(/\bAuthorization\b/);
  });

  it('costs one look at its file', async () => {
    const { id } = await made();
    // The job that made it may still be sweeping.
    await until('its answer takes one look', async () => {
      const seen = await statementsOf(
        app.strapi,
        async () => void (await call('GET', `/files/${id}/variants/default`)),
      );
      return ofAssets(seen).length === 1;
    });
  });

  it('may be kept by caches where everybody may see it', async () => {
    const { id, variants } = await made();
    const address = `${session.url}/api/cutout/files/${id}/variants/default`;
    const answer = await withRole(app.strapi, 'public', ['plugin::cutout.variants.findOne'], () =>
      fetch(address, { redirect: 'manual' }),
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([302, variants[0]!.url]);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
  });

  it('that is not there yet is a 202, or the original where that is asked for, or a 404', async () => {
    const { id, url } = await add();
    const missing = await call('GET', `/files/${id}/variants/default`);
    expect(missing.status).toBe(404);
    expect(await errorOf(missing)).toMatchObject({ details: { code: 'variant.missing' } });
    const original = await call('GET', `/files/${id}/variants/default?fallback=original`);
    expect([original.status, original.headers.get('location')]).toEqual([302, url]);
    expect(original.headers.get('cache-control')).toBe('no-store');
    await run(id);
    const soon = await call('GET', `/files/${id}/variants/default`);
    if (soon.status === 202) expect(soon.headers.get('retry-after')).toBeTruthy();
    else expect(soon.status).toBe(302);
    await idle(app);
    expect((await call('GET', `/files/${id}/variants/nosuch`)).status).toBe(400);
  });

  it('is deleted with its file, and the others stay', async () => {
    const { id, variants } = await made({ presets: ['default', 'thumb'] });
    expect((await call('DELETE', `/files/${id}/variants/thumb`)).status).toBe(204);
    await idle(app);
    const left = await file(id);
    expect(left).toMatchObject({ status: 'ready' });
    expect(left.variants.map(({ key }) => key)).toEqual(['cutout']);
    for (const { key, url } of variants) {
      await until(`${key} is as it should be`, async () => (await fetch(session.url + url)).ok === (key === 'cutout'));
    }
    expect((await call('DELETE', `/files/${id}/variants/default`)).status).toBe(204);
    expect(await file(id)).toMatchObject({ status: 'none', variants: [], matte: null });
  });

  it('that was asked of an engine takes the wish for that engine with it: nothing else is made, or paid for', async () => {
    const { id } = await made({ presets: ['card'], engine: 'local' });
    expect((await call('DELETE', `/files/${id}/variants/card`)).status).toBe(204);
    await idle(app);
    expect(await file(id)).toMatchObject({ status: 'none', variants: [], matte: null });
  });

  it('that a rule wants is not deleted, since it would come back', async () => {
    const { id } = await made();
    app.cutout.config.rules.everything = { engine: 'local', presets: ['default'] };
    try {
      const answer = await call('DELETE', `/files/${id}/variants/default`);
      expect(answer.status).toBe(409);
      expect(await errorOf(answer)).toMatchObject({ details: { code: 'variant.wanted' } });
      expect((await file(id)).status).toBe('ready');
    } finally {
      app.cutout.config.rules.everything = null;
    }
  });
});

describe('jobs', () => {
  it('are listed, found, cancelled and asked again', async () => {
    const goOn = holdJobs(app);
    const { id } = await add();
    await run(id);
    const jobs = jobListResponse.parse(await (await call('GET', `/jobs?filters[fileId]=${id}`)).json());
    expect(jobs).toMatchObject({ data: [{ fileId: id, state: 'queued' }], meta: { pagination: { total: 1 } } });
    const job = jobs.data[0]!;
    const one = jobResponse.parse(await (await call('GET', `/jobs/${job.id}`)).json());
    expect(one.data.id).toBe(job.id);
    const cancelled = await call('POST', `/jobs/${job.id}/cancel`);
    expect(jobResponse.parse(await cancelled.json()).data).toMatchObject({ state: 'cancelled', id: job.id });
    const again = await call('POST', `/jobs/${job.id}/cancel`);
    expect([again.status, (await errorOf(again)).details.code]).toEqual([409, 'job.state']);
    goOn();
    const retried = await call('POST', `/jobs/${job.id}/retry`);
    expect(retried.status).toBe(202);
    expect(jobResponse.parse(await retried.json()).data.id).toBeGreaterThan(job.id);
    await idle(app);
    expect(await file(id)).toMatchObject({ status: 'ready' });
    expect((await call('GET', '/jobs/999999')).status).toBe(404);
    expect((await call('GET', '/jobs?filters[state]=nosuch')).status).toBe(400);
    expect((await list('filters[status]=cancelled')).data).toEqual([]);
  });
});

describe('a route that takes JSON', () => {
  const post = (route: string, body: string | FormData, type?: string) =>
    fetch(session.url + route, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${session.token}`, ...(type ? { 'content-type': type } : {}) },
    });

  it('refuses a form, and keeps none of its files', async () => {
    const { id } = await add();
    const before = readdirSync(tmpdir());
    const form = new FormData();
    form.append('picture', new Blob(['a picture']), 'picture.png');
    const answer = await post(`/api/cutout/files/${id}/process`, form);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { details: { code: 'options.invalid' } } });
    expect(readdirSync(tmpdir()).filter((name) => !before.includes(name) && !name.startsWith('cutout-'))).toEqual([]);
  });

  it('refuses a form without a boundary, which Strapi’s own reader fails at', async () => {
    const answer = await post(`/api/cutout/files/${(await add()).id}/process`, 'x', 'multipart/form-data');
    expect(answer.status).toBe(400);
  });

  it.each(['9999999999', '2147483648'])('refuses the id %s, which no column of a database holds', async (id) => {
    for (const route of [`/files/${id}`, `/jobs/${id}`]) {
      expect((await call('GET', route)).status).toBe(400);
    }
  });
});

describe('who may what', () => {
  it('an upload chooses an engine that costs credits only for who may process files', async () => {
    const uploader = {
      ...session,
      token: await tokenOf(session, { type: 'custom', permissions: ['plugin::upload.content-api.upload'] }),
    };
    const fields = { cutout: 'card,remote' };
    const wishOf = async (by: Session) => {
      const { id } = await upload(by, {
        name: 'engine.jpg',
        bytes: await disc((seed += 1)),
        type: 'image/jpeg',
        fields,
      });
      // Without an API key its job waits for one.
      const asset = await until('it is planned', () => app.strapi.db.query(ASSET).findOne({ where: { fileId: id } }));
      return (asset as AssetRow).wish;
    };
    expect(await wishOf(uploader)).toEqual({ presets: ['card'] });
    expect(await wishOf(session)).toEqual({ presets: ['card'], engine: 'remote' });
  });
});
