import type { Locator } from 'playwright-core';
import { createProduct, request, type Session, settled } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel } from '../support/panel';
import { disc, type DiscOptions } from '../support/quick-model';
import { until } from '../support/until';

describeIf(findBrowser() !== null, browserHint)('the side panel and what it asks of the server', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;

  beforeAll(async () => {
    panel = await openPanel(({ local, remote }) => ({ local, remote: { ...remote, budget: { credits: 1 } } }));
    ({ session, page } = panel);
    await page.clock.install();
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  const uploadDisc = (name: string, options?: DiscOptions) => panel.uploadDisc(name, options);
  const pass = (seconds: number, step?: number) => panel.pass(seconds, step);
  const uploadDrawing = async (name: string): Promise<number> => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>';
    const form = new FormData();
    form.set('files', new Blob([svg], { type: 'image/svg+xml' }), `${name}.svg`);
    const [asset] = await request(session.url, 'POST', '/api/upload', { bearer: session.token, form });
    return asset.id as number;
  };
  const run = (id: number, json: unknown) =>
    request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json });
  const remove = (id: number) => request(session.url, 'DELETE', `/cutout/assets/${id}`, { bearer: session.jwt });

  const openEntry = async (data: Record<string, unknown>): Promise<void> => {
    const { documentId } = await createProduct(session, { title: 'A product', ...data });
    panel.asked.length = 0;
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    await page.getByRole('heading', { name: 'Cutout' }).waitFor();
  };
  const list = () => page.getByRole('list', { name: 'Images of this entry and their cutouts' });
  const rows = () => list().locator('> li');
  const row = (name: string) => rows().filter({ hasText: name });
  const hasFocus = (place: Locator) => place.evaluate((element) => element.contains(document.activeElement));
  const setVisible = (state: 'visible' | 'hidden') =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);

  it('tells what the other engine costs, and what happened after it was tried', async () => {
    const id = await uploadDisc('other');
    await openEntry({ photo: id });
    const card = row('other.jpg');
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    await card.getByText(/Made on this server in [\d.]+ s · \d+% sure/).waitFor();
    const other = card.getByRole('button', { name: 'Try the Rembg API 1 credit, 1 left: other.jpg' });
    await other.press('Enter');
    await card.getByText(/Made by the Rembg API in/).waitFor();
    expect(await hasFocus(card)).toBe(true);
    await card.getByRole('button', { name: /^Try this server free, about \d+ s: other\.jpg$/ }).press('Enter');
    await card.getByText(/Made on this server/).waitFor();
    await card.getByRole('button', { name: /^Try the Rembg API free, it is paid for already/ }).waitFor();
    expect(panel.server.credits.charged()).toBe(1);
  }, 90_000);

  it('removes a cutout when it is asked twice, and no field brings it back', async () => {
    const id = await uploadDisc('removed');
    await openEntry({ photo: id });
    const card = row('removed.jpg');
    await card.getByRole('button', { name: 'Remove cutout: removed.jpg' }).press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await card.getByText('It was removed. It is made again only when somebody asks for it.').waitFor();
    await card.getByRole('button', { name: 'Remove background: removed.jpg' }).waitFor();
    expect(await hasFocus(card)).toBe(true);
  }, 60_000);

  it('copies the address of a stored file, and downloads it', async () => {
    const id = await uploadDisc('files');
    await openEntry({ photo: id });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const card = row('files.jpg');
    await card.getByRole('button', { name: 'Copy link: Cutout, files.jpg' }).click();
    await page.getByText('Link copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect((await fetch(copied)).headers.get('content-type')).toContain('image/webp');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('button', { name: 'Download: Cutout, files.jpg' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('files_cutout.webp');
  }, 60_000);

  it('loads a small picture and never the whole cutout', async () => {
    const id = await uploadDisc('large', { width: 1200, height: 900 });
    await settled(session, (await createProduct(session, { title: 'One', photo: id }), id));
    const loaded: string[] = [];
    const note = (sent: { url(): string }) => loaded.push(sent.url());
    page.on('request', note);
    await openEntry({ photo: id });
    const cutout = row('large.jpg').getByRole('img', { name: 'Cutout: large.jpg' });
    await cutout.waitFor();
    await page.waitForFunction((image) => (image as HTMLImageElement).complete, await cutout.elementHandle());
    const { width } = await cutout.evaluate((image) => ({ width: (image as HTMLImageElement).naturalWidth }));
    page.off('request', note);
    expect(width).toBeLessThanOrEqual(245);
    expect(loaded.filter((url) => /_cutout_[0-9a-f]+\.webp/.test(url))).toEqual([]);
  }, 60_000);

  it('reads the state anew when the file is replaced in the dialog', async () => {
    const id = await uploadDisc('replaced');
    await openEntry({ photo: id });
    const card = row('replaced.jpg');
    await card.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    const urls = () =>
      card.getByRole('link').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    const pictures = () =>
      card.getByRole('img').evaluateAll((images) => images.map((one) => (one as HTMLImageElement).src));
    const [before, shown] = [await urls(), await pictures()];

    const buffer = await disc(777, { width: 400, height: 400 });
    const other = { name: 'other.jpg', mimeType: 'image/jpeg', buffer };
    await page
      .getByRole('button', { name: /^edit$/i })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTestId('file-input').setInputFiles(other);
    await dialog.getByRole('button', { name: 'Finish' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction(
      ([first, name]) => {
        const items = [...document.querySelectorAll('li')].filter((item) => item.textContent.includes(name));
        const link = items.at(-1)?.querySelector('a[href*="cutout"]') as HTMLAnchorElement | null;
        return link !== null && link !== undefined && link.href !== first;
      },
      [before[0]!, 'replaced.jpg'] as const,
    );
    // What is read while the replace is being planned may still name what goes with it.
    await until('every link leads to a file', async () => {
      const answers = await Promise.all((await urls()).map(async (url) => (await fetch(url)).status));
      return answers.length > 0 && answers.every((status) => status === 200);
    });
    expect((await pictures()).filter((src) => shown.includes(src))).toEqual([]);
  }, 90_000);

  it('is silent once nothing can change', async () => {
    const id = await uploadDisc('idle');
    await openEntry({ photo: id });
    await row('idle.jpg').getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    await pass(5);
    panel.asked.length = 0;
    await pass(60);
    expect(panel.asked).toEqual([]);
  }, 60_000);

  it('asks twice a minute at most for six images that wait, and not at all while the page is hidden', async () => {
    const ids = [];
    for (let at = 1; at <= 6; at += 1) {
      const id = await uploadDisc(`waits-${at}`);
      await run(id, { engine: 'remote' });
      ids.push(id);
    }
    for (const id of ids) expect((await settled(session, id)).state).toBe('waiting');
    await openEntry({ gallery: ids });
    await page.getByRole('status').filter({ hasText: '6 waiting' }).waitFor();
    // The save made the fields' presets wanted too, which is looked for; what follows is waiting alone.
    await pass(15);
    panel.asked.length = 0;
    await pass(60);
    expect(panel.asked.length).toBeLessThanOrEqual(2);
    // Somebody may wake them.
    await pass(300, 5);
    expect(panel.asked.length).toBeGreaterThan(0);
    await setVisible('hidden');
    panel.asked.length = 0;
    await pass(90);
    expect(panel.asked).toEqual([]);
    await setVisible('visible');
    const first = row('waits-1.jpg');
    await first.getByRole('button', { name: /waits-1/ }).click();
    await first.getByText('The one credit set aside for this cycle is used up.').waitFor();
    await first.getByRole('button', { name: 'Make it here, free: waits-1.jpg' }).click();
    await page.getByRole('status').filter({ hasText: '1 ready · 5 waiting' }).waitFor();
  }, 120_000);

  it('shows a gallery of 200 with one request, in pages, and keeps the keyboard in its place', async () => {
    // By itself: Strapi makes the folder of API uploads with the first.
    const ids = [await uploadDisc('g-first')];
    // Pictures on the first pages; after them drawings, which are skipped and so take no time.
    const small = { width: 160, height: 120 };
    let count = 0;
    const one = () => (ids.length < 40 ? uploadDisc(`g-${(count += 1)}`, small) : uploadDrawing(`g-${(count += 1)}`));
    while (ids.length < 199) {
      const batch = Array.from({ length: Math.min(8, 199 - ids.length) }, one);
      ids.push(...(await Promise.all(batch)));
    }
    const form = new FormData();
    form.set('files', new Blob(['not a picture'], { type: 'image/jpeg' }), 'broken.jpg');
    const [broken] = await request(session.url, 'POST', '/api/upload', { bearer: session.token, form });
    await createProduct(session, { title: 'All', gallery: [...ids, broken.id] });
    for (const id of ids) await settled(session, id);
    await openEntry({ gallery: [...ids, broken.id] });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[role=status]')].some(
        ({ textContent }) => (textContent.match(/\d+/g) ?? []).reduce((sum, count) => sum + Number(count), 0) === 200,
      ),
    );
    const reads = panel.asked.filter((one) => one.includes('/cutout/assets?'));
    expect(reads).toHaveLength(1);
    expect(await rows().count()).toBe(20);

    const more = page.getByRole('button', { name: 'Show 50 more' });
    await more.press('Enter');
    expect(await rows().count()).toBe(70);
    const at = rows().nth(20).getByRole('button').first();
    await page.waitForFunction((element) => element === document.activeElement, await at.elementHandle());
    await page.keyboard.press('Enter');
    await list()
      .getByRole('listitem')
      .nth(20)
      .getByRole('button', { name: /^Remove cutout/ })
      .waitFor();
    expect(await at.getAttribute('aria-expanded')).toBe('true');
    // Somebody else changes the list meanwhile; the row and the focus stay.
    const name = await at.innerText();
    await remove(ids[0]!);
    await page.keyboard.press('Tab');
    expect(await hasFocus(rows().nth(20))).toBe(true);
    expect(await rows().nth(20).getByRole('button').first().innerText()).toBe(name);
  }, 300_000);

  describe('looked at', () => {
    const look = async (name: string) => {
      const heading = page.getByRole('heading', { name: /^(Cutout|抠图|பின்னணி)/ });
      await heading.first().evaluate((element) => element.scrollIntoView({ block: 'start' }));
      await panel.look(name);
    };
    const listSelector = 'ul[aria-label="Images of this entry and their cutouts"]';
    /** Not those that open a dialog. */
    const closed = 'button[aria-controls][aria-expanded=false]:not([aria-haspopup])';
    const openRows = async (own: Locator) => {
      const heads = own.locator(closed);
      while ((await heads.count()) > 0) await heads.first().press('Enter');
    };
    afterEach(() => page.setViewportSize({ width: 1440, height: 1200 }));
    let entry: Record<string, unknown>;
    let single: Record<string, unknown>;

    beforeAll(async () => {
      const ready = await uploadDisc('a-mug-with-quite-a-long-file-name-for-a-panel', { width: 900, height: 700 });
      const waits = await uploadDisc('waits-for-credits');
      const skipped = await uploadDrawing('drawing');
      const cut = new FormData();
      const bytes = (await disc(4711)).subarray(0, 2000);
      cut.set('files', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'broken-off.jpg');
      const [broken] = await request(session.url, 'POST', '/api/upload', { bearer: session.token, form: cut }).catch(
        () => [{ id: skipped }],
      );
      const none = await uploadDisc('nobody-asked');
      await createProduct(session, { title: 'First', gallery: [ready, broken.id, skipped] });
      await run(waits, { engine: 'remote' });
      await settled(session, ready);
      await settled(session, skipped);
      await run(ready, { presets: ['default'], engine: 'local' });
      await settled(session, ready);
      single = { plain: ready };
      entry = { gallery: [ready, waits, broken.id, skipped], plain: none };
    }, 120_000);

    const openAll = async () => {
      await openEntry(entry);
      await page.getByText(/ready/).first().waitFor();
      await openRows(list());
    };

    it.each(['light', 'dark'])(
      'has no serious finding of axe in the %s theme',
      async (theme) => {
        await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
        await openEntry(single);
        await list().waitFor();
        await row('a-mug').getByRole('status').waitFor();
        await look(`single-${theme}`);
        expect(await seriousViolations(page, listSelector)).toEqual([]);
        await openAll();
        await look(`gallery-${theme}`);
        expect(await seriousViolations(page, listSelector)).toEqual([]);
      },
      90_000,
    );

    it('fits a phone', async () => {
      await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
      await page.setViewportSize({ width: 390, height: 844 });
      // On a phone Strapi shows side panels in a drawer.
      const drawer = page.getByRole('button', { name: 'Open more actions' });
      await openEntry(single);
      await drawer.click();
      await row('a-mug').getByRole('status').waitFor();
      await look('single-390');
      const wide = await list().evaluate((element) => element.scrollWidth > element.clientWidth + 1);
      expect(wide).toBe(false);
      await openEntry(entry);
      await drawer.click();
      await openRows(list());
      await look('gallery-390');
    }, 90_000);

    it.each([
      ['zh-Hans', '此条目的图片及其抠图', '已就绪'],
      ['ta', 'இந்தப் பதிவின் படங்களும் பின்னணி நீக்கிய படங்களும்', 'தயார்'],
    ])(
      'speaks %s',
      async (language, name, ready) => {
        await request(session.url, 'PUT', '/admin/users/me', {
          bearer: session.jwt,
          json: { preferedLanguage: language },
        });
        await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
        const { documentId } = await createProduct(session, { title: 'A product', ...single });
        await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
        const own = page.getByRole('list', { name });
        await own.getByText(ready).first().waitFor();
        await look(`single-${language}`);
        const all = await createProduct(session, { title: 'A product', ...entry });
        await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${all.documentId}`);
        await own.getByText(ready).first().waitFor();
        await openRows(own);
        await look(`gallery-${language}`);
      },
      90_000,
    );

    it('left nothing of the plugin’s on the console', () => {
      expect(panel.said).toEqual([]);
    });
  });
});
