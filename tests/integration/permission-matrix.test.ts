import supertest from 'supertest';
import type { Session } from '../../scripts/lib/client';
import { JOB } from '../../server/src/tables/jobs';
import { type CoreApp, discard, holdJobs } from '../support/core';
import { addManyJobs } from '../support/many-jobs';
import { startQuickApp } from '../support/quick-app';
import { siteUser, withRole } from '../support/site-users';
import { tokenOf } from '../support/tokens';

/** Who may call which route, and ask for which field: every caller, every way in. */

interface Way {
  /** The permission it takes. */
  action: string;
  /** Whether a read-only token has it. */
  reads: boolean;
}
interface Route extends Way {
  path: () => string;
  /** What the one who may is answered. */
  status: number;
  /** The key comes as `x-api-key`, and only API tokens are keys. */
  asKey?: true;
}
interface Field extends Way {
  query: () => string;
  /** What the query takes beside the field. */
  beside?: string[];
}

let file: number;
let job: number;

const routes: Record<string, Route> = {
  'GET /metrics': { action: 'metrics.find', reads: true, path: () => '/metrics', status: 200 },
  'GET /events': { action: 'events.find', reads: true, path: () => '/events', status: 200 },
  'GET /files': { action: 'files.find', reads: true, path: () => '/files', status: 200 },
  'GET /files/:id': { action: 'files.findOne', reads: true, path: () => `/files/${file}`, status: 200 },
  'POST /files/:id/process': {
    ...{ action: 'files.process', reads: false },
    path: () => `/files/${file}/process`,
    status: 202,
  },
  'GET /files/:id/variants/:preset': {
    ...{ action: 'variants.findOne', reads: true },
    path: () => `/files/${file}/variants/card?fallback=original`,
    status: 302,
  },
  'DELETE /files/:id/variants/:preset': {
    ...{ action: 'variants.delete', reads: false },
    path: () => `/files/${file}/variants/card`,
    status: 204,
  },
  'GET /files/:id/render': {
    ...{ action: 'render.findOne', reads: true },
    path: () => `/files/${file}/render?preset=card&fallback=original`,
    status: 302,
  },
  'GET /jobs': { action: 'jobs.find', reads: true, path: () => '/jobs', status: 200 },
  'GET /jobs/:id': { action: 'jobs.findOne', reads: true, path: () => `/jobs/${job}`, status: 200 },
  // It has ended.
  'POST /jobs/:id/cancel': { action: 'jobs.cancel', reads: false, path: () => `/jobs/${job}/cancel`, status: 409 },
  'POST /jobs/:id/retry': { action: 'jobs.retry', reads: false, path: () => `/jobs/${job}/retry`, status: 202 },
  // Without a picture.
  'POST /rmbg': { action: 'rembg.remove', reads: false, path: () => '/rmbg', status: 400, asKey: true },
  'GET /membership-usage': {
    ...{ action: 'rembg.find', reads: true },
    path: () => '/membership-usage',
    status: 200,
    asKey: true,
  },
};

/** For everybody, as they tell of no content; with a path of each. */
const openRoutes: Record<string, string> = {
  'GET /openapi': '/openapi',
  'GET /reference': '/reference',
  'GET /reference/:file': '/reference/start.js',
};

const fields: Record<string, Field> = {
  'UploadFile.cutout': {
    ...{ action: 'files.findOne', reads: true },
    query: () => '{ uploadFiles { cutout { status } } }',
    beside: ['plugin::upload.content-api.find'],
  },
  'Query.cutoutFiles': { action: 'files.find', reads: true, query: () => '{ cutoutFiles { nodes { id } } }' },
  'Query.cutoutJob': { action: 'jobs.findOne', reads: true, query: () => `{ cutoutJob(id: ${job}) { id } }` },
  'Mutation.cutoutProcess': {
    ...{ action: 'files.process', reads: false },
    query: () => `mutation { cutoutProcess(id: ${file}) { id } }`,
  },
  'Mutation.cutoutCancel': {
    ...{ action: 'jobs.cancel', reads: false },
    query: () => `mutation { cutoutCancel(id: ${file}) { id } }`,
  },
  'Mutation.cutoutDelete': {
    ...{ action: 'variants.delete', reads: false },
    query: () => `mutation { cutoutDelete(id: ${file}, preset: "card") { id } }`,
  },
};

let app: CoreApp;
let session: Session;
let readOnly: string;
let user: string;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    presets: { card: {} },
    rembgApi: { enabled: true, perMinute: null },
    openapi: { enabled: true, reference: true },
  }));
  holdJobs(app);
  file = await addManyJobs(app.strapi, { count: 1, job: () => ({ state: 'done', finishedAt: new Date() }) });
  job = ((await app.strapi.db.query(JOB).findOne({ where: { fileId: file } })) as { id: number }).id;
  readOnly = await tokenOf(session, { type: 'read-only' });
  user = await siteUser(app.strapi);
}, 180_000);
afterAll(() => discard(app));

type Ask = (bearer: string | null) => Promise<unknown>;
const actionsBut = (left: string) =>
  [...Object.values(routes), ...Object.values(fields)]
    .filter(({ action }) => action !== left)
    .map(({ action }) => `plugin::cutout.${action}`);

/** What each caller is answered. */
async function answers(ask: Ask, { action, beside = [] }: { action: string; beside?: string[] }) {
  const own = [...beside, `plugin::cutout.${action}`];
  const others = [...beside, ...new Set(actionsBut(action))];
  const custom = async (permissions: string[]) => ask(await tokenOf(session, { type: 'custom', permissions }));
  return {
    nobody: await withRole(app.strapi, 'public', beside, () => ask(null)),
    'anybody, where the public may': await withRole(app.strapi, 'public', own, () => ask(null)),
    'anybody, where the public may all else': await withRole(app.strapi, 'public', others, () => ask(null)),
    'a wrong token': await ask('0'.repeat(256)),
    'a read-only token': await ask(readOnly),
    'a custom token for it': await custom(own),
    'a custom token for all else': await custom(others),
    'a full token': await ask(session.token),
    'a user of the site': await withRole(app.strapi, 'authenticated', beside, () => ask(user)),
    'a user of the site whose role may': await withRole(app.strapi, 'authenticated', own, () => ask(user)),
    'a user of the site whose role may all else': await withRole(app.strapi, 'authenticated', others, () => ask(user)),
    'an admin’s session': await ask(session.jwt),
  };
}

describe('routes', () => {
  it('have a row each', () => {
    const prefix = '/api/cutout';
    const layers = app.strapi.server.listRoutes() as { path: string; methods: string[] }[];
    const listed = layers
      .filter(({ path }) => path.startsWith(`${prefix}/`))
      .flatMap(({ methods, path }) => methods.map((method) => `${method} ${path.slice(prefix.length)}`))
      .filter((name) => !name.startsWith('HEAD '));
    expect(listed.sort()).toEqual([...Object.keys(routes), ...Object.keys(openRoutes)].sort());
  });

  it.each(Object.entries(openRoutes))('%s is for everybody', async (_, path) => {
    const statusFor = async (headers: Record<string, string>) =>
      (await supertest(session.url).get(`/api/cutout${path}`).set(headers)).status;
    expect([await statusFor({}), await statusFor({ authorization: 'Bearer nobody' })]).toEqual([200, 200]);
  });

  it.each(Object.entries(routes))('%s', async (name, { path, status, asKey, ...way }) => {
    const method = name.split(' ')[0]!;
    const ask: Ask = async (bearer) => {
      const headers: Record<string, string> =
        bearer === null ? {} : asKey ? { 'x-api-key': bearer } : { authorization: `Bearer ${bearer}` };
      // The stream of events has no end; its HEAD asks for the same permission.
      const verb = name === 'GET /events' ? 'head' : (method.toLowerCase() as 'get' | 'post' | 'delete');
      const { status: answered } = await supertest(session.url)[verb](`/api/cutout${path()}`).set(headers).redirects(0);
      return answered;
    };
    const refused = asKey ? 401 : 403;
    const byRole = asKey ? 401 : status;
    expect(await answers(ask, way)).toEqual({
      nobody: refused,
      'anybody, where the public may': byRole,
      'anybody, where the public may all else': refused,
      'a wrong token': 401,
      'a read-only token': way.reads ? status : 403,
      'a custom token for it': status,
      'a custom token for all else': 403,
      'a full token': status,
      'a user of the site': refused,
      'a user of the site whose role may': byRole,
      'a user of the site whose role may all else': refused,
      'an admin’s session': 401,
    });
  });
});

describe('GraphQL', () => {
  const post = async (query: string, bearer: string | null) => {
    const asked = supertest(session.url).post('/graphql').send({ query });
    const { body } = await (bearer === null ? asked : asked.set('authorization', `Bearer ${bearer}`));
    return body as { data: any; errors?: { message: string }[]; error?: { status: number } };
  };

  it('has a row for each field that is not one of a cutout itself', async () => {
    const { data } = await post('{ __schema { types { name fields { name } } } }', session.token);
    const types = data.__schema.types as { name: string; fields: { name: string }[] | null }[];
    const listed = types
      .filter(({ name }) => !name.startsWith('Cutout'))
      .flatMap((type) => (type.fields ?? []).map(({ name }) => `${type.name}.${name}`))
      .filter((name) => /\.cutout/.test(name));
    expect(listed.sort()).toEqual(Object.keys(fields).sort());
  });

  it.each(Object.entries(fields))('%s', async (_name, { query, ...way }) => {
    const ask: Ask = async (bearer) => {
      const { data, errors, error } = await post(query(), bearer);
      return errors?.[0]?.message ?? error?.status ?? (data && 'told');
    };
    const refused = 'Forbidden access';
    expect(await answers(ask, way)).toEqual({
      nobody: refused,
      'anybody, where the public may': 'told',
      'anybody, where the public may all else': refused,
      'a wrong token': 401,
      'a read-only token': way.reads ? 'told' : refused,
      'a custom token for it': 'told',
      'a custom token for all else': refused,
      'a full token': 'told',
      'a user of the site': refused,
      'a user of the site whose role may': 'told',
      'a user of the site whose role may all else': refused,
      'an admin’s session': 401,
    });
  });
});
