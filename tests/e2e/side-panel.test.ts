import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXPECT_MS } from '../../admin/src/follow/plan';
import type { Locator } from 'playwright-core';
import { type App, createProduct, request, type Session, settled, startWithSession, uploadPhoto } from '../support/app';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { writeScene } from '../fixtures/files';

const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>';

/** Share of fully transparent pixels of a picture on the page. */
const transparentShare = (picture: Locator): Promise<number> =>
  picture.evaluate((element) => {
    const image = element as HTMLImageElement;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const clear = data.filter((value, at) => at % 4 === 3 && value === 0).length;
    return clear / (data.length / 4);
  });

describeIf(findBrowser() !== null, browserHint)('the side panel of an entry', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-panel-'));
  let app: App;
  let session: Session;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    ({ app, session } = await startWithSession());
    browser = await openBrowser();
    page = await openAdmin(browser, session);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const uploadScene = async (name: string) => {
    const { photo } = await writeScene({ kind: 'mug', seed: 7, width: 480, height: 360 }, folder, name);
    return uploadPhoto(session, photo);
  };

  const openEntry = async (data: Record<string, unknown>): Promise<void> => {
    const { documentId } = await createProduct(session, { title: 'A product', ...data });
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    await page.getByRole('heading', { name: 'Cutout' }).waitFor();
  };

  const card = (name: string) =>
    page
      .getByRole('list', { name: 'Images of this entry and their cutouts' })
      .locator('> li')
      .filter({ hasText: name });

  it('makes a cutout at the press of a button and shows it on a checkerboard', async () => {
    const asset = await uploadScene('plain');
    await openEntry({ plain: asset.id });
    const plain = card('plain.jpg');
    await plain.getByRole('status').filter({ hasText: 'Not asked' }).waitFor();
    expect(await plain.getByRole('img', { name: /^Cutout/ }).count()).toBe(0);

    await plain.getByRole('button', { name: 'Remove background: plain.jpg' }).press('Enter');
    await plain
      .getByRole('status')
      .filter({ hasText: /Waiting|Working/ })
      .waitFor();
    await plain.getByRole('status').filter({ hasText: 'Ready' }).waitFor({ timeout: 120_000 });

    const cutout = plain.getByRole('img', { name: 'Cutout: plain.jpg' });
    await cutout.scrollIntoViewIfNeeded();
    await page.waitForFunction((element) => (element as HTMLImageElement).complete, await cutout.elementHandle());
    expect(await transparentShare(cutout)).toBeGreaterThan(0.2);
    expect(await transparentShare(plain.getByRole('img', { name: 'Original: plain.jpg' }))).toBe(0);
    const background = await cutout.evaluate((element) => getComputedStyle(element.parentElement!).backgroundImage);
    expect(background).toContain('conic-gradient');
    // The button is gone, as it would change nothing; the keyboard goes on from its image.
    expect(await plain.getByRole('button', { name: /^Remove background|Make|Try/ }).count()).toBe(0);
    expect(await plain.evaluate((item) => item.contains(document.activeElement))).toBe(true);
  }, 180_000);

  it('shows what was asked for one image alone, and takes it back', async () => {
    const asset = await uploadScene('wished');
    await request(session.url, 'POST', `/cutout/assets/${asset.id}/run`, {
      bearer: session.jwt,
      json: { presets: ['card', 'thumb'], engine: 'local' },
    });
    await settled(session, asset.id);
    await openEntry({ plain: asset.id });
    const wished = card('wished.jpg');
    const note = wished.getByText('Asked for this image alone: card and thumb, made on this server.');
    await note.waitFor();
    await wished.getByRole('button', { name: 'Take back: wished.jpg' }).press('Enter');
    await note.waitFor({ state: 'detached' });
    await page.getByText('Taken back.').waitFor();
    const hasFocus = () => wished.evaluate((item) => item.contains(document.activeElement));
    expect(await hasFocus()).toBe(true);
    await wished.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
  }, 180_000);

  it('opens the stored files by its links', async () => {
    const asset = await uploadScene('links');
    await openEntry({ photo: asset.id });
    await settled(session, asset.id);
    const links = card('links.jpg').getByRole('link', { name: /^(?!Edit by hand)/ });
    await card('links.jpg').getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    expect(await links.allInnerTexts()).toEqual(['Cutout', 'Mask']);
    const answers = await Promise.all(
      (await links.all()).map(async (link) => fetch((await link.getAttribute('href'))!)),
    );
    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')?.split('/')[0]])).toEqual([
      [200, 'image'],
      [200, 'image'],
    ]);
  }, 180_000);

  it('follows the cutout that a field asks for, without a press, in components and dynamic zones too', async () => {
    const [inDetail, inZone] = [await uploadScene('detail'), await uploadScene('zone')];
    await openEntry({
      detail: { caption: 'Detail', image: inDetail.id },
      blocks: [{ __component: 'catalog.picture', caption: 'Zone', image: inZone.id }],
    });
    for (const name of ['detail.jpg', 'zone.jpg']) {
      await card(name).getByRole('status').filter({ hasText: 'Ready' }).waitFor({ timeout: 120_000 });
    }
  }, 180_000);

  it('shows an image that is picked but not saved, and its cutout once the entry is saved', async () => {
    await uploadScene('picked');
    await openEntry({});
    await page
      .getByRole('button', { name: /^Click to add an asset/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: 'Add new assets' });
    await dialog.getByRole('button', { name: /^API Uploads/ }).click();
    await dialog.getByRole('checkbox', { name: 'picked.jpg' }).click();
    await dialog.getByRole('button', { name: 'Finish' }).click();
    const picked = card('picked.jpg');
    await picked.getByRole('status').filter({ hasText: 'Not asked' }).waitFor();
    await picked.getByText('The cutout is made when the entry is saved.').waitFor();
    // Longer than the panel looks for an expected job: after that only the save can make it look again.
    await page.waitForTimeout(EXPECT_MS + 2_000);

    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await picked.getByRole('status').filter({ hasText: 'Ready' }).waitFor({ timeout: 120_000 });
    await picked.getByRole('img', { name: 'Cutout: picked.jpg' }).waitFor();
  }, 180_000);

  it('says in plain words why an image gets no cutout', async () => {
    const file = path.join(folder, 'drawing.svg');
    writeFileSync(file, drawing);
    const asset = await uploadPhoto(session, file);
    await openEntry({ gallery: [asset.id] });
    await card('drawing.svg').getByRole('status').filter({ hasText: 'Skipped' }).waitFor({ timeout: 30_000 });
    await card('drawing.svg').getByText('SVG drawings get no cutout.').waitFor();
  }, 90_000);

  it('is quiet where there is no image', async () => {
    await openEntry({});
    await page.getByText('No image here yet.').waitFor();
  }, 60_000);
});
