import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import { type App, createProduct, request, type Session, settled, startWithSession, uploadPhoto } from '../support/app';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser } from '../support/browser';
import { describeIf } from '../support/needs';

const product = 'api::product.product';
const fields = ['title', 'photo', 'gallery', 'plain'];

describeIf(findBrowser() !== null, browserHint)("the side panel and the editor's role", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-role-'));
  let app: App;
  let session: Session;
  let browser: Browser;
  let entryUrl: string;

  beforeAll(async () => {
    ({ app, session } = await startWithSession());
    browser = await openBrowser();
    const { photo } = await writeScene({ kind: 'mug', seed: 7, width: 240, height: 180 }, folder, 'mug');
    const asset = await uploadPhoto(session, photo);
    const { documentId } = await createProduct(session, { title: 'A mug', photo: asset.id });
    await settled(session, asset.id);
    entryUrl = `${session.url}/admin/content-manager/collection-types/${product}/${documentId}`;
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const asAdmin = (method: string, route: string, json?: unknown) =>
    request(session.url, method, route, { bearer: session.jwt, json });

  /** Opens the entry as somebody whose role may edit products and has these permissions of the plugin. */
  async function openAs(name: string, actions: string[]) {
    const role = await asAdmin('POST', '/admin/roles', { name, description: '' });
    const content = ['read', 'update'].map((action) => ({
      action: `plugin::content-manager.explorer.${action}`,
      subject: product,
      properties: { fields },
      conditions: [],
    }));
    const own = actions.map((action) => ({ action, subject: null, properties: {}, conditions: [] }));
    await asAdmin('PUT', `/admin/roles/${role.data.id}/permissions`, { permissions: [...content, ...own] });
    const email = `${name}@example.com`;
    const user = await asAdmin('POST', '/admin/users', { email, firstname: name, roles: [role.data.id] });
    const { registrationToken } = user.data;
    const userInfo = { firstname: name, password: session.admin.password };
    await request(session.url, 'POST', '/admin/register', { json: { registrationToken, userInfo } });
    const page = await openAdmin(browser, { ...session, admin: { email, password: session.admin.password } });
    await page.goto(entryUrl);
    await page.getByRole('heading', { name: 'Entry' }).waitFor();
    return page;
  }

  it('is not there without the permission to see cutouts', async () => {
    const page = await openAs('none', []);
    const asked: string[] = [];
    page.on('request', (sent) => asked.push(new URL(sent.url()).pathname));
    await page.reload();
    await page.getByRole('textbox', { name: /title/ }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('heading', { name: 'Cutout' }).count()).toBe(0);
    expect(asked.filter((route) => route.startsWith('/cutout/'))).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('shows without a button to those who may only see', async () => {
    const page = await openAs('viewer', ['plugin::cutout.read']);
    const card = page.getByRole('listitem').filter({ hasText: 'mug.jpg' });
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    await page.context().close();
  }, 90_000);

  it('has its button for those who may make cutouts', async () => {
    const page = await openAs('maker', ['plugin::cutout.read', 'plugin::cutout.edit']);
    await page.getByRole('button', { name: 'Make again: mug.jpg' }).waitFor();
    await page.context().close();
  }, 90_000);
});
