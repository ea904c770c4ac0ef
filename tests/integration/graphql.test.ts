import { createProduct, request, type Session } from '../../scripts/lib/client';
import { type CoreApp, discard, idle, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc, QUICK } from '../support/quick-model';
import { ofAssets, statementsOf } from '../support/rows-read';

/** Cutouts by Strapi's own GraphQL plugin. */

const FILE = 'plugin::upload.file';
let app: CoreApp;
let session: Session;
let seed = 0;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({ presets: { card: { format: 'jpeg' } } }));
}, 180_000);
afterAll(() => discard(app));

interface Answer {
  /** As varied as the queries are. */
  data: any;
  errors?: { message: string; extensions?: { error?: { details?: { code?: string } } } }[];
}
async function ask(query: string): Promise<Answer> {
  const answer = await fetch(`${session.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${session.token}` },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as Answer;
}
const add = async (fields: Record<string, string> = {}) =>
  upload(session, { name: `disc-${(seed += 1)}.jpg`, bytes: await disc(seed), type: 'image/jpeg', fields });

it('processes a file, and tells all that REST tells', async () => {
  const { id } = await add();
  const { data, errors } = await ask(`mutation { cutoutProcess(id: ${id}, presets: ["default", "card"], wait: 30) {
    id documentId name url width height
    cutout { status engine model confidence review stale box { x y width height } matte { url mime }
      variants { preset key url width height mime size } variant(preset: "card") { url mime } job { id state presets } }
  } }`);
  expect(errors).toBeUndefined();
  const { cutout, ...file } = data.cutoutProcess;
  const rest = await request(session.url, 'GET', `/api/cutout/files/${id}`, { bearer: session.token });
  expect(rest.data).toMatchObject(file);
  const { variant, job, matte, ...told } = cutout;
  expect(rest.data).toMatchObject({ ...told, job, matte });
  expect(told).toMatchObject({ status: 'ready', engine: 'local', model: QUICK });
  expect(variant).toEqual({ url: expect.stringMatching(/\.jpe?g$/), mime: 'image/jpeg' });
});

it('tells the cutout of a media field', async () => {
  const product = await createProduct(session, { title: 'Mug' });
  const target = { ref: 'api::product.product', refId: String(product.id), field: 'photo' };
  await add({ ...target, cutout: 'card' });
  await idle(app);
  const { data, errors } = await ask(
    `{ products(filters: { title: { eq: "Mug" } }) { photo { url cutout { status variant(preset: "card") { url } variants { preset } } } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.products[0].photo.cutout).toMatchObject({ status: 'ready', variant: { url: expect.any(String) } });
});

it('lists files by their state, page by page', async () => {
  await add();
  const { data } = await ask(`{ cutoutFiles(filters: { status: ["none"] }, pageSize: 1) {
    nodes { id cutout { status variants { url } } } pageInfo { page pageSize pageCount total } } }`);
  expect(data.cutoutFiles.nodes).toMatchObject([{ cutout: { status: 'none', variants: [] } }]);
  expect(data.cutoutFiles.pageInfo).toMatchObject({ page: 1, pageSize: 1 });
  const low = await ask(`{ cutoutFiles(filters: { confidence: { lt: 0 } }) { nodes { id } } }`);
  expect(low.errors?.[0]?.extensions?.error?.details?.code ?? low.data).toEqual({ cutoutFiles: { nodes: [] } });
});

it('costs at most five statements for a hundred files, as many as for two', async () => {
  const { id: first } = (await add()) as { id: number };
  const row = await app.strapi.db.query(FILE).findOne({ where: { id: first } });
  const { id: _id, documentId: _documentId, ...columns } = row as Record<string, unknown>;
  await app.strapi.db
    .query(FILE)
    .createMany({ data: Array.from({ length: 100 }, (_, index) => ({ ...columns, name: `many-${index}.jpg` })) });
  const cutout = 'cutout { status stale box { x } variants { url } job { state progress } }';
  const media = (limit: number, field: string) =>
    `{ files: uploadFiles(pagination: { limit: ${limit} }, filters: { name: { startsWith: "many-" } }) { name ${field} } }`;
  const listed = (limit: number) => `{ files: cutoutFiles(pageSize: ${limit}) { nodes { name ${cutout} } } }`;
  // The least of a few tries: the app's own rounds send statements too.
  const statements = async (query: string, count: number) => {
    const tries: number[] = [];
    for (let tried = 0; tried < 5; tried += 1) {
      const seen = await statementsOf(app.strapi, async () => {
        const { data, errors } = await ask(query);
        expect(errors).toBeUndefined();
        expect(data.files.nodes ?? data.files).toHaveLength(count);
      });
      tries.push(ofAssets(seen).length);
    }
    return Math.min(...tries);
  };
  const [without, two, many] = [
    await statements(media(100, ''), 100),
    await statements(media(2, cutout), 2),
    await statements(media(100, cutout), 100),
  ];
  expect(many).toBe(two);
  expect(many - without).toBeLessThanOrEqual(5);
  // Which files stand on the page, and how many there are, are two of them.
  expect(await statements(listed(100), 100)).toBe(await statements(listed(2), 2));
  expect(await statements(listed(100), 100)).toBeLessThanOrEqual(2 + 5);
});

it('cancels and deletes', async () => {
  const { id } = await add();
  await ask(`mutation { cutoutProcess(id: ${id}, presets: ["card"], wait: 30) { id } }`);
  const deleted = await ask(
    `mutation { cutoutDelete(id: ${id}, preset: "card") { cutout { status variants { key } } } }`,
  );
  expect(deleted.data.cutoutDelete.cutout).toEqual({ status: 'none', variants: [] });
  const cancelled = await ask(`mutation { cutoutCancel(id: ${id}) { cutout { status } } }`);
  expect(cancelled.errors).toBeUndefined();
});

it.each([
  ['mutation { cutoutProcess(id: 999999) { id } }', 'asset.missing'],
  ['mutation { cutoutProcess(id: 1, presets: ["nosuch"]) { id } }', 'options.invalid'],
  ['{ cutoutFiles(filters: { status: ["nosuch"] }) { nodes { id } } }', 'options.invalid'],
  ['{ cutoutFiles(pageSize: 1000) { nodes { id } } }', 'options.invalid'],
])('refuses %s with a code', async (query, code) => {
  const { errors } = await ask(query);
  expect(errors?.[0]?.extensions?.error?.details?.code).toBe(code);
});
