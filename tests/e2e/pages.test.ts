import { setTimeout } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { request, type Session, settled } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel, shots } from '../support/panel';
import { addUser, grants } from '../support/roles';

describeIf(findBrowser() !== null, browserHint)('the pages of the plugin', () => {
  const ids: Record<string, number> = {};
  /** Pictures that the page has loaded. */
  const fetched: string[] = [];
  let panel: Panel;
  let session: Session;
  let page: Page;

  beforeAll(async () => {
    // Every cutout of this server is doubtful.
    panel = await openPanel(({ local, remote }) => ({ local: { ...local, reviewBelow: 1 }, remote }));
    ({ session, page } = panel);
    for (const name of ['mug', 'vase', 'lamp', 'a-chair-with-quite-a-long-file-name', 'nobody-asked', 'left-over']) {
      ids[name] = await uploadDisc(name);
    }
    for (const name of ['mug', 'vase', 'lamp', 'a-chair-with-quite-a-long-file-name']) await run(ids[name]!);
    await page.clock.install();
    page.on('request', (sent) => {
      const { pathname } = new URL(sent.url());
      if (pathname.startsWith('/uploads/')) fetched.push(pathname);
    });
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  const uploadDisc = (name: string) => panel.uploadDisc(name, { width: 900, height: 700 });
  const pass = (seconds: number) => panel.pass(seconds);
  const look = (name: string) => panel.look(name);
  /** With the page's clock running on. */
  const comesTo = (place: Locator) =>
    panel.passUntil(`${String(place)} is there`, async () => (await place.count()) > 0);
  async function run(id: number): Promise<void> {
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
    await settled(session, id);
  }
  const open = (place = '') => page.goto(`${session.url}/admin/plugins/cutout${place}`);
  const cards = () => page.getByRole('list', { name: 'Images and their cutouts' }).getByRole('listitem');
  const card = (name: string) => cards().filter({ hasText: name });
  it('open from the main menu at the cutouts, in small pictures, and ask nothing while nothing happens', async () => {
    await page.getByRole('link', { name: 'Cutout' }).click();
    await page.getByRole('heading', { name: 'Cutouts', level: 1 }).waitFor();
    await card('mug.jpg').getByText('Please check').waitFor();
    await card('left-over.jpg').getByText('Not asked').waitFor();
    expect(await cards().count()).toBe(6);
    await page.waitForLoadState('networkidle');
    const status = await settled(session, ids.mug!);
    const whole = status.variants.map(({ url }) => url);
    expect(fetched.length).toBeGreaterThan(4);
    expect(fetched.filter((url) => whole.includes(url))).toEqual([]);
    panel.asked.length = 0;
    await pass(30);
    expect(panel.asked).toEqual([]);
    const nav = page.getByRole('navigation', { name: 'Pages of Cutout' });
    expect(await nav.getByRole('link').allInnerTexts()).toEqual([
      'Cutouts',
      'Review',
      'Bulk runs',
      'Credits',
      'Settings',
      'Doctor',
    ]);
    expect(await nav.getByRole('link', { name: 'Cutouts' }).getAttribute('aria-current')).toBe('page');
  }, 90_000);

  it('keep filters in the address, and tell them as tags that can be taken away', async () => {
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'Not asked' }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(/state=none/);
    await page.getByText('2 images').waitFor();
    await page.reload();
    await page.getByText('2 images').waitFor();
    await page.getByRole('button', { name: 'Remove filter: Not asked' }).click();
    await page.getByText('6 images').waitFor();
    expect(page.url()).not.toContain('state=');
  }, 60_000);

  it('change what is chosen, with the cost of all, and follow it', async () => {
    await page.getByRole('checkbox', { name: 'Select nobody-asked.jpg' }).click();
    await page.getByRole('checkbox', { name: 'Select mug.jpg' }).click();
    await page.getByRole('checkbox', { name: 'Select vase.jpg' }).click();
    const actions = page.getByRole('group', { name: 'Actions for the selected images' });
    await actions.getByRole('button', { name: 'Try the Rembg API (2) · 2 credits' }).waitFor();
    await actions.getByRole('button', { name: 'Remove cutouts (2)' }).waitFor();
    await look('selection-light');
    await actions.getByRole('button', { name: 'Remove backgrounds (1)' }).click();
    await comesTo(card('nobody-asked').getByText('Please check'));
    await page.getByRole('checkbox', { name: 'Select all on this page' }).waitFor();
  }, 90_000);

  it('open a picture with all that can be done with it', async () => {
    await card('lamp.jpg').getByRole('button').click();
    const dialog = page.getByRole('dialog', { name: 'lamp.jpg' });
    await dialog.getByRole('button', { name: /^Try the Rembg API/ }).waitFor();
    await dialog.getByRole('button', { name: 'Remove cutout: lamp.jpg' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, 60_000);

  describe('the review', () => {
    const title = () => page.getByRole('heading', { level: 2 });
    const place = (at: number) => page.getByText(new RegExp(`^Image ${at} of`));

    it('goes by keyboard: accept, undo, next and back, and says what is left', async () => {
      await open('/review');
      await place(1).waitFor();
      const first = await title().innerText();
      await page.getByText('5 to check').waitFor();
      // The keys are those of the buttons, which come with the image's state.
      await page.getByRole('button', { name: /^Accept/ }).waitFor();
      await page.keyboard.press('a');
      await place(2).waitFor();
      await page.getByText('4 to check').waitFor();
      expect((await settled(session, ids[first.replace('.jpg', '')]!)).review).toBe(false);
      await page.keyboard.press('u');
      await place(1).waitFor();
      await page.getByText('5 to check').waitFor();
      expect((await settled(session, ids[first.replace('.jpg', '')]!)).review).toBe(true);
      await page.keyboard.press('ArrowRight');
      await place(2).waitFor();
      await page.keyboard.press('k');
      await place(1).waitFor();
      await page.keyboard.press('Control+a');
      await setTimeout(300);
      expect(await place(1).count()).toBe(1);
    }, 60_000);

    it('asks before it removes one, and takes no keys while it asks', async () => {
      await page.keyboard.press('r');
      const dialog = page.getByRole('alertdialog');
      await dialog.waitFor();
      await page.keyboard.press('j');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await place(1).count()).toBe(1);
    }, 60_000);

    it('removes one, and brings it back for nothing', async () => {
      const id = ids[(await title().innerText()).replace('.jpg', '')]!;
      const before = (await settled(session, id)).variants.map(({ key }) => key);
      await page.keyboard.press('r');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
      await place(2).waitFor();
      const { data } = await request(session.url, 'GET', `/cutout/assets/${id}`, { bearer: session.jwt });
      expect(data).toMatchObject({ state: 'none', variants: [] });
      await page.getByRole('button', { name: /^Undo: .* removed \(free\)/ }).waitFor();
      await look('review-undo-removed');
      await page.keyboard.press('u');
      await place(1).waitFor();
      const back = await settled(session, id);
      expect(back).toMatchObject({ state: 'ready', engine: 'local', wish: { presets: ['default'] } });
      expect(back.variants.map(({ key }) => key).sort()).toEqual(before.sort());
      expect(panel.server.credits.charged()).toBe(0);
      await comesTo(page.getByText('5 to check'));
      expect(await page.getByRole('button', { name: /^Undo/ }).count()).toBe(0);
    }, 60_000);

    it('has one made by the other engine, which needs no look then, and goes back for nothing', async () => {
      const id = ids[(await title().innerText()).replace('.jpg', '')]!;
      await page.getByRole('button', { name: /^Try the Rembg API · 1 credit/ }).waitFor();
      await page.keyboard.press('e');
      await comesTo(page.getByText('4 to check'));
      expect(panel.server.credits.charged()).toBe(1);
      await page.getByRole('button', { name: /^Undo: other engine for .* \(free\)/ }).waitFor();
      await page.keyboard.press('u');
      await comesTo(page.getByText('5 to check'));
      expect(await settled(session, id)).toMatchObject({ state: 'ready', engine: 'local' });
      await page.getByRole('button', { name: /^Try the Rembg API/ }).waitFor();
      await page.keyboard.press('e');
      await comesTo(page.getByText('4 to check'));
      expect([(await settled(session, id)).engine, panel.server.credits.charged()]).toEqual(['remote', 1]);
    }, 120_000);
  });

  it('run over the library: a dry run first, then with progress to the end, and silence after it', async () => {
    await open('/runs');
    await page.getByText('There has been no bulk run yet.').waitFor();
    await page.getByRole('link', { name: 'New run' }).click();
    await page.getByRole('combobox', { name: 'Cutout', exact: true }).click();
    await page.getByRole('option', { name: 'Without a cutout' }).click();
    await page.getByRole('combobox', { name: 'Presets' }).click();
    await page.getByRole('option', { name: 'default' }).click();
    await page.keyboard.press('Escape');
    await look('new-run-light');
    await page.getByRole('button', { name: 'Start the dry run' }).click();
    await page.getByRole('heading', { name: '1 file matches' }).waitFor();
    await look('dry-run-light');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const badge = page.getByRole('status').filter({ hasText: 'Done' });
    await comesTo(badge);
    await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await look('run-light');
    panel.asked.length = 0;
    await pass(20);
    expect(panel.asked).toEqual([]);
    await page.getByRole('link', { name: 'Bulk runs' }).click();
    await page.getByRole('link', { name: 'Run 1' }).waitFor();
    await page.getByText('1 of 1').waitFor();
  }, 120_000);

  it('open although the permissions of the user come late', async () => {
    const late = '**/admin/users/me/permissions';
    await page.route(late, async (route) => {
      await setTimeout(3_000);
      await route.continue();
    });
    for (const [place, heading] of Object.entries({ '': 'Cutouts', '/runs': 'Bulk runs', '/credits': 'Credits' })) {
      await open(place);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    }
    await page.unroute(late);
  }, 120_000);

  it('show each role its own pages only', async () => {
    const as = async (name: string, actions: string[]) =>
      openAdmin(panel.browser, await addUser(session, name, grants(actions)));
    const payer = await as('payer', ['plugin::cutout.usage.read']);
    await payer.goto(`${session.url}/admin/plugins/cutout`);
    await payer.getByRole('heading', { name: 'Credits', level: 1 }).waitFor();
    expect(new URL(payer.url()).pathname).toBe('/admin/plugins/cutout/credits');
    expect(await payer.getByRole('navigation', { name: 'Pages of Cutout' }).count()).toBe(0);
    await payer.context().close();
    const viewer = await as('viewer', ['plugin::cutout.read', 'plugin::upload.read']);
    await viewer.goto(`${session.url}/admin/plugins/cutout`);
    await viewer.getByText('6 images').waitFor();
    const nav = viewer.getByRole('navigation', { name: 'Pages of Cutout' });
    expect(await nav.getByRole('link').allInnerTexts()).toEqual(['Cutouts', 'Review']);
    await viewer.getByText('Please check').first().waitFor();
    await viewer.getByRole('checkbox', { name: /^Select mug/ }).click();
    await viewer.getByText('Nothing can be done with these images now.').waitFor();
    await viewer.goto(`${session.url}/admin/plugins/cutout/review`);
    await viewer.getByText(/^Image 1 of/).waitFor();
    expect(await viewer.getByRole('button', { name: /Accept|Remove|Try/ }).count()).toBe(0);
    await viewer.goto(`${session.url}/admin/plugins/cutout/runs`);
    await viewer.getByText("You don't have the permissions to access that content").waitFor();
    await viewer.context().close();
  }, 120_000);

  it('offer presets and folders to a role that may only run', async () => {
    await request(session.url, 'POST', '/upload/folders', { bearer: session.jwt, json: { name: 'Shop' } });
    const runner = await openAdmin(panel.browser, await addUser(session, 'runner', grants(['plugin::cutout.bulk'])));
    await runner.goto(`${session.url}/admin/plugins/cutout/runs/new`);
    await runner.getByRole('combobox', { name: /^Folder/ }).click();
    await runner.getByRole('option', { name: '/Shop' }).click();
    await runner.getByRole('combobox', { name: 'Presets' }).click();
    await runner.getByRole('option', { name: 'default' }).waitFor();
    await runner.context().close();
  }, 90_000);

  describe('looked at', () => {
    const places = { cutouts: '', review: '/review', runs: '/runs', run: '/runs/1', new: '/runs/new' };
    const settle = async () => {
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await pass(1);
    };
    const each = async (name: string, work?: (place: string) => Promise<void>) => {
      for (const [place, route] of Object.entries(places)) {
        await open(route);
        await settle();
        await look(`${place}-${name}`);
        await work?.(place);
      }
    };

    it.each(['light', 'dark'])(
      'have no serious finding of axe in the %s theme',
      async (theme) => {
        await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
        const found: string[] = [];
        await each(theme, async (place) => {
          for (const one of await seriousViolations(page, 'main')) found.push(`${place}: ${one}`);
          for (const one of await seriousViolations(page, 'nav[aria-label="Pages of Cutout"]')) found.push(one);
        });
        await open();
        await settle();
        await page.getByRole('button', { name: 'Filters' }).click();
        await look(`filters-${theme}`);
        expect(found).toEqual([]);
      },
      120_000,
    );

    it('fit a phone', async () => {
      await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
      await page.setViewportSize({ width: 390, height: 844 });
      const wide: string[] = [];
      await each('390', async (place) => {
        const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
        const nav = await page.getByRole('navigation', { name: 'Pages of Cutout' }).boundingBox();
        if (isWide || !nav || nav.height < 40) wide.push(place);
      });
      await page.setViewportSize({ width: 1440, height: 1200 });
      expect(wide).toEqual([]);
    }, 120_000);

    it.each([
      ['zh-Hans', '抠图'],
      ['ta', 'பின்னணி நீக்கிய படங்கள்'],
    ])(
      'speak %s',
      async (language, heading) => {
        const json = { preferedLanguage: language };
        await request(session.url, 'PUT', '/admin/users/me', { bearer: session.jwt, json });
        await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
        await open();
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        if (shots) await each(language);
      },
      120_000,
    );

    it('left nothing of the plugin’s on the console', () => {
      expect(panel.said).toEqual([]);
    });
  });
});
