import Koa from 'koa';
import supertest from 'supertest';
import { createRenderAgain, type RenderAgain } from '../../../server/src/api/content/render-again';
import { answerRender, type RenderAnswer } from '../../../server/src/api/content/render-answer';

const bytes = Buffer.from('a picture');
const answer: RenderAnswer = {
  name: 'abc.webp',
  mime: 'image/webp',
  fileName: 'mug.webp',
  isPublic: true,
  maxAgeS: 60,
};

let time: number;
let inMemory: boolean;
let asked: string[];
let again: RenderAgain;
let given: RenderAnswer;

/** A server that answers everything with the picture, and notes what came through to it. */
function serve() {
  const app = new Koa();
  app.use((ctx, next) => again.middleware(ctx, next));
  app.use((ctx) => {
    asked.push(`${ctx.method} ${ctx.url}`);
    answerRender(ctx, given, { body: bytes, bytes: bytes.length });
    again.keep(ctx, given);
  });
  return supertest(app.callback());
}

beforeEach(() => {
  [time, inMemory, asked, given] = [10_000, true, [], answer];
  const hot = () => (inMemory ? { body: bytes, bytes: bytes.length } : undefined);
  again = createRenderAgain({ hot }, () => time);
});

/** So many of two requests were answered by what is behind. */
async function throughOf(first: Record<string, string>, second = first, url = '/render?w=1'): Promise<number> {
  await serve().get('/render?w=1').set(first);
  await serve().get(url).set(second);
  return asked.length;
}

it('answers the same address with the same bytes and headers for a second', async () => {
  const first = await serve().get('/render?w=1');
  time += 999;
  const second = await serve().get('/render?w=1');
  expect(asked).toHaveLength(1);
  expect(second.body).toEqual(first.body);
  expect({ ...second.headers, date: '' }).toEqual({ ...first.headers, date: '' });
  expect(second.headers).toMatchObject({ etag: '"abc"', 'cache-control': 'public, max-age=60', vary: 'Authorization' });
  time += 1;
  await serve().get('/render?w=1');
  expect(asked).toHaveLength(2);
});

it('answers 304 to who has the picture, though it is not in memory any more', async () => {
  await serve().get('/render?w=1');
  inMemory = false;
  const known = await serve().get('/render?w=1').set('If-None-Match', 'W/"abc"');
  expect([known.status, known.headers.etag, asked.length]).toEqual([304, '"abc"', 1]);
  await serve().get('/render?w=1').set('If-None-Match', '"other"');
  expect(asked).toHaveLength(2);
});

it.each([
  ['another address', () => throughOf({}, {}, '/render?w=2')],
  ['who says who they are', () => throughOf({}, { Authorization: 'Bearer x' })],
  ['a cookie', () => throughOf({}, { Cookie: 'who=me' })],
  ['what was answered to somebody', () => throughOf({ Authorization: 'Bearer x' }, {})],
])('leaves %s to the router', async (_, through) => {
  expect(await through()).toBe(2);
});

it('keeps nothing that is not public, and does not take a clock that was set back for a young answer', async () => {
  given = { ...answer, isPublic: false };
  expect(await throughOf({})).toBe(2);
  given = answer;
  await serve().get('/render?w=1');
  time -= 60_000;
  await serve().get('/render?w=1');
  expect(asked).toHaveLength(4);
});

it('lets the oldest go when there are a thousand', async () => {
  const server = serve();
  for (let width = 0; width <= 1000; width += 1) await server.get(`/render?w=${width}`);
  asked = [];
  await server.get('/render?w=1000');
  await server.get('/render?w=0');
  expect(asked).toEqual(['GET /render?w=0']);
});
