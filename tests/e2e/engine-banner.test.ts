import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import { type App, createProduct, cutoutConfig, type Session, startWithSession, uploadPhoto } from '../support/app';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';

describeIf(findBrowser() !== null, browserHint)('the side panel on a server whose model is damaged', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-banner-'));
  let app: App;
  let session: Session;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(path.join(folder, 'isnet-fp16.onnx'), 'no model');
    const local = { modelsDir: folder, cacheDir: path.join(folder, 'cache') };
    ({ app, session } = await startWithSession({ env: cutoutConfig({ local }) }));
    browser = await openBrowser();
    page = await openAdmin(browser, session);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('says so once on top, and under the image only what happened to it', async () => {
    const { photo } = await writeScene({ kind: 'mug', seed: 7, width: 120, height: 90 }, folder, 'mug');
    const asset = await uploadPhoto(session, photo);
    const { documentId } = await createProduct(session, { title: 'A mug', photo: asset.id });
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    const banner = page.getByRole('alert').filter({ hasText: 'This server cannot make cutouts at the moment' });
    await banner.waitFor();
    expect(await banner.innerText()).toContain(path.join(folder, 'isnet-fp16.onnx'));

    const card = page.getByRole('listitem').filter({ hasText: 'mug.jpg' });
    await card
      .getByRole('status')
      .filter({ hasText: /Failed|Waiting/ })
      .waitFor();
    await card.getByText("The model's file is damaged.").waitFor();
    expect(await card.innerText()).not.toContain(folder);
    expect(await card.getByRole('button', { name: 'Try again: mug.jpg' }).isEnabled()).toBe(true);
  }, 90_000);
});
