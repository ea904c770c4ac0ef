import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
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
    const named = await card.getByRole('button').allInnerTexts();
    expect(named.filter((name) => name.includes('Remove') || name.includes('Try'))).toEqual([]);
    expect(await card.getByRole('button', { name: /^(Copy link|Download)/ }).count()).toBe(4);
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

  const buttons = (card: Locator) => card.getByRole('button').evaluateAll((found) => found.map((one) => one.ariaLabel));

  it('has the button to remove it for those who may change files, and nothing that would change nothing', async () => {
    const actions = ['plugin::cutout.read', 'plugin::cutout.edit', 'plugin::cutout.pay', ...LIBRARY];
    const { page, card } = await openAs('maker', grants(actions));
    await card.getByRole('button', { name: 'Remove cutout: mug.jpg' }).waitFor();
    expect((await buttons(card)).filter((name) => name?.endsWith(': mug.jpg'))).toEqual(['Remove cutout: mug.jpg']);
    await page.context().close();
  }, 90_000);

  it('tells those who may see credits, without an API key, that cutouts cost nothing here; to others it shows no widget', async () => {
    const { page } = await openAs('accountant', grants(['plugin::cutout.usage.read']));
    await page.goto(`${session.url}/admin/plugins/cutout/credits`);
    await page.getByText('Cutouts are made on this server and cost no credits.').first().waitFor();
    await page.getByText('No Rembg API key is configured').waitFor();
    expect(await page.getByRole('button', { name: 'Check again now' }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Spendable credits' }).count()).toBe(0);
    await page.getByRole('img', { name: 'Pictures a day (UTC)' }).waitFor();
    await page.goto(`${session.url}/admin`);
    await page.getByText('Cutout credits').waitFor();
    await page.context().close();
    const other = await openAs('writer', grants(['plugin::cutout.read']));
    await other.page.goto(`${session.url}/admin`);
    await other.page.getByRole('heading', { level: 1 }).first().waitFor();
    await other.page.waitForLoadState('networkidle');
    expect(await other.page.getByText('Cutout credits').count()).toBe(0);
    await other.page.context().close();
  }, 90_000);
});
