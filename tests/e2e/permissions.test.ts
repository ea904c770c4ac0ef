import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import { type App, createProduct, type Session, settled, startWithSession, uploadPhoto } from '../support/app';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser } from '../support/browser';
import { describeIf } from '../support/needs';
import { addUser, type Grant, grants, IS_CREATOR } from '../support/roles';

const product = 'api::product.product';
const fields = ['title', 'photo', 'gallery', 'plain'];
const LIBRARY = ['plugin::upload.read', 'plugin::upload.assets.update'];

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

  /** Opens the entry as somebody whose role may edit products and has these permissions too. */
  async function openAs(name: string, permissions: Grant[]) {
    const content = ['read', 'update'].map((action) => ({
      action: `plugin::content-manager.explorer.${action}`,
      subject: product,
      properties: { fields },
    }));
    const page = await openAdmin(browser, await addUser(session, name, [...content, ...permissions]));
    await page.goto(entryUrl);
    await page.getByRole('heading', { name: 'Entry' }).waitFor();
    const card = page.getByRole('listitem').filter({ hasText: 'mug.jpg' });
    return { page, card };
  }

  it('is not there without the permission to see cutouts', async () => {
    const { page } = await openAs('none', []);
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
    const { page, card } = await openAs('viewer', grants(['plugin::cutout.read', 'plugin::upload.read']));
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    await page.context().close();
  }, 90_000);

  it('shows nothing of an image that the media library does not show to them', async () => {
    const { page, card } = await openAs('stranger', [
      ...grants(['plugin::cutout.read', 'plugin::cutout.edit']),
      ...grants(LIBRARY, [IS_CREATOR]),
    ]);
    await card.getByText('Your role may not see this file in the Media Library').waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    expect(await card.getByRole('link').count()).toBe(0);
    await page.context().close();
  }, 90_000);

  it('has no button to make a cutout anew for those who may only make them', async () => {
    const actions = ['plugin::cutout.read', 'plugin::cutout.edit', ...LIBRARY];
    const { page, card } = await openAs('maker', grants(actions));
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    await page.context().close();
  }, 90_000);

  it('has it for those who may spend credits and make cutouts anew', async () => {
    const actions = ['plugin::cutout.read', 'plugin::cutout.edit', 'plugin::cutout.pay', ...LIBRARY];
    const { page } = await openAs('spender', grants(actions));
    await page.getByRole('button', { name: 'Make again: mug.jpg' }).waitFor();
    await page.context().close();
  }, 90_000);
});
