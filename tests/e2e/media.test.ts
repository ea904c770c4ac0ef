import { createProduct, request, type Session, settled } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel, shots } from '../support/panel';
import { disc } from '../support/quick-model';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

const product = 'api::product.product';

describeIf(findBrowser() !== null, browserHint)('cutouts where editors meet images', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;
  let seed = 0;

  beforeAll(async () => {
    panel = await openPanel();
    ({ session, page } = panel);
    await page.setViewportSize({ width: 1440, height: 1000 });
  }, 300_000);
  afterAll(() => panel?.close(), 60_000);

  const upload = async (name: string, folderId?: number): Promise<number> => {
    const form = new FormData();
    form.set('files', new Blob([new Uint8Array(await disc((seed += 1)))], { type: 'image/jpeg' }), `${name}.jpg`);
    if (folderId) form.set('fileInfo', JSON.stringify({ folder: folderId, name: `${name}.jpg` }));
    const [asset] = await request(session.url, 'POST', '/upload', { bearer: session.jwt, form });
    return asset.id as number;
  };
  const makeFolder = async (name: string): Promise<number> => {
    const json = { name, parent: null };
    const made = await request(session.url, 'POST', '/upload/folders', { bearer: session.jwt, json });
    return made.data.id as number;
  };
  const openEntry = async (data: Record<string, unknown>, on = page): Promise<void> => {
    const { documentId } = await createProduct(session, { title: 'A product', ...data });
    panel.asked.length = 0;
    await on.goto(`${session.url}/admin/content-manager/collection-types/${product}/${documentId}`);
  };
  const openLibrary = (query: string, on = page) => on.goto(`${session.url}/admin/plugins/upload?${query}`);
  const look = async (name: string) => {
    await page.waitForTimeout(shots ? 500 : 0);
    await panel.look(name);
  };
  const field = (name: string, state: string) => page.getByRole('button', { name: `Cutouts of ${name}: ${state}` });
  const item = (name: string | RegExp) => page.getByRole('menuitem', { name });

  describe('beside a media field', () => {
    it('tells the state of its image, and does by keyboard what can be done', async () => {
      const id = await upload('mug');
      await settled(session, (await createProduct(session, { title: 'First', photo: id }), id));
      await openEntry({ photo: id, plain: await upload('nobody-asked') });
      await field('photo', 'Ready').waitFor();
      expect(await page.getByRole('button', { name: /^Cutouts of plain/ }).count()).toBe(0);
      // The field and the side panel are told by the same answer.
      await page.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
      expect(panel.asked.filter((one) => one.startsWith('GET /cutout/assets?')).length).toBeLessThanOrEqual(2);

      await field('photo', 'Ready').press('Enter');
      await item(/^Try the Rembg API 1 credit, [\d,]+ left$/).waitFor();
      await item('Open in a new tab').waitFor();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await item('Copy link').press('Enter');
      await page.getByText('Link copied.').waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect((await fetch(copied)).headers.get('content-type')).toContain('image/webp');

      await field('photo', 'Ready').press('Enter');
      await item('Remove cutout').press('Enter');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
      await field('photo', 'Not asked').press('Enter');
      await item('Remove background').press('Enter');
      await field('photo', 'Ready').waitFor();
    }, 90_000);

    it('lists the images of a gallery by name, in components and dynamic zones too', async () => {
      const ids = [await upload('one'), await upload('two'), await upload('three')];
      await openEntry({
        gallery: ids,
        detail: { caption: 'Detail', image: await upload('detail') },
        blocks: [{ __component: 'catalog.picture', caption: 'Zone', image: await upload('zone') }],
      });
      await field('gallery (1 / 3)', '3 ready').or(field('gallery', '3 ready')).press('Enter');
      const two = page.getByRole('menu').getByRole('group', { name: 'two.jpg' });
      await two.getByRole('menuitem', { name: 'Remove cutout' }).waitFor();
      expect(await page.getByRole('menu').getByRole('group').count()).toBe(3);
      await page.keyboard.press('Escape');
      await field('image', 'Ready').first().waitFor();
      await page
        .getByRole('button', { name: /^picture/i })
        .last()
        .click();
      await until('both say so', async () => (await field('image', 'Ready').count()) === 2);
    }, 90_000);
  });

  const drawer = () => page.getByRole('dialog').getByRole('region', { name: 'Cutout' });

  describe('in the media library', () => {
    it('shows the cutout of the opened file, and what can be done, without touching the drawer’s form', async () => {
      const [one, other] = [await upload('in-library'), await upload('other-file')];
      await openLibrary(`assetId=${one}`);
      await drawer().getByRole('status').filter({ hasText: 'Not asked' }).waitFor();
      await drawer().getByRole('button', { name: 'Remove background: in-library.jpg' }).press('Enter');
      await drawer().getByRole('status').filter({ hasText: 'Ready' }).waitFor();
      await drawer().getByRole('img', { name: 'Cutout: in-library.jpg' }).waitFor();
      await drawer().getByRole('button', { name: 'Remove cutout: in-library.jpg' }).press('Enter');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
      await drawer().getByText('It was removed.').waitFor();
      expect(panel.asked.filter((one) => one.startsWith('PUT /upload'))).toEqual([]);
      // Another file makes another form.
      await page.getByText('other-file.jpg').first().click();
      await drawer().getByRole('button', { name: 'Remove background: other-file.jpg' }).waitFor();
      expect(new URL(page.url()).searchParams.get('assetId')).toBe(String(other));
    }, 90_000);

    it('tells what a folder takes, and makes it or lets go', async () => {
      const shoes = await makeFolder('Shoes');
      const ids = [await upload('left', shoes), await upload('right', shoes)];
      await openLibrary(`folder=${shoes}`);
      const open = page.getByRole('button', { name: 'Remove backgrounds in this folder' });
      await open.click();
      const dialog = page.getByRole('dialog', { name: 'Remove backgrounds in /Shoes' });
      await dialog.getByText('2 images get a cutout.').waitFor();
      await dialog.getByText('It costs no credits.').waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      await until('the dry run is let go', async () => {
        const { data } = await request(session.url, 'GET', '/cutout/bulk', { bearer: session.jwt });
        return data.map(({ state }: { state: string }) => state).join() === 'cancelled';
      });

      await open.click();
      await dialog.getByRole('button', { name: 'Make 2 cutouts' }).click();
      await page.getByText('2 images asked for.').waitFor();
      for (const id of ids) await until('it is made', async () => (await settled(session, id)).state === 'ready');
      await open.click();
      await dialog.getByText('There is nothing to make.').waitFor();
      await dialog.getByText('2 images have their cutouts already.').waitFor();
      expect(await dialog.getByRole('button', { name: /^Make/ }).count()).toBe(0);
    }, 90_000);
  });

  const openList = (on = page) => on.goto(`${session.url}/admin/content-manager/collection-types/${product}`);
  /** Once the list shows this entry. Strapi forgets what is selected when it reads the list once more. */
  const selectAll = async (title: string, on = page): Promise<void> => {
    await on.getByRole('gridcell', { name: title, exact: true }).first().waitFor();
    const all = on.getByRole('checkbox', { name: /select all/i });
    await until('all are selected', async () => {
      if (!(await all.isChecked())) await all.click();
      await on.waitForTimeout(1_000);
      return all.isChecked();
    });
    await on.getByText(/^\d+ (entry|entries) selected$/).waitFor();
  };

  it('asks for the images of the entries that are selected in the content manager’s list', async () => {
    const [id, unwanted] = [await upload('listed'), await upload('unwanted')];
    await createProduct(session, { title: 'Listed', photo: id, plain: unwanted });
    await settled(session, id);
    // One that somebody wants of the Rembg API, and that was stopped while it waited for it.
    const change = (what: string, json = {}) =>
      request(session.url, 'POST', `/cutout/assets/${id}/${what}`, { bearer: session.jwt, json });
    panel.server.setFault({ kind: 'rate-limit' });
    await change('run', { engine: 'remote' });
    await until('it waits', async () => (await settled(session, id)).state === 'waiting');
    await change('cancel');
    panel.server.setFault(null);
    const action = page.getByRole('button', { name: 'Remove backgrounds' });
    // On a busy machine Strapi's list may come up without its actions, its own Delete among them.
    await until('the list offers what can be done', async () => {
      await openList();
      await selectAll('Listed');
      return action.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    });
    await action.click();
    const dialog = page.getByRole('dialog', { name: 'Remove backgrounds' });
    await dialog.getByText('1 image gets a cutout.').waitFor();
    await dialog.getByText('It costs 1 credit.').waitFor();
    await dialog.getByText(/^[\d,]+ credits are left\.$/).waitFor();
    await dialog.getByText(/no field or rule asks for/).waitFor();
    await look('list-light');
    expect(await seriousViolations(page, '[role="dialog"]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Make 1 cutout' }).click();
    await page.getByText('1 image asked for.').waitFor();
    await dialog.waitFor({ state: 'detached' });
  }, 90_000);

  it('shows those nothing to press who may only look', async () => {
    const shelf = await makeFolder('Shelf');
    const id = await upload('looked-at', shelf);
    await settled(session, (await createProduct(session, { title: 'Seen', photo: id }), id));
    const content = ['read', 'update', 'delete'].map((action) => ({
      action: `plugin::content-manager.explorer.${action}`,
      subject: product,
      ...(action === 'delete' ? {} : { properties: { fields: ['title', 'photo'] } }),
    }));
    const rights = ['plugin::cutout.read', 'plugin::upload.read', 'plugin::upload.assets.create'];
    const viewer = await addUser(session, 'viewer', [...content, ...grants(rights)]);
    const theirs = await openAdmin(panel.browser, viewer);
    await openLibrary(`folder=${shelf}&assetId=${id}`, theirs);
    const region = theirs.getByRole('dialog').getByRole('region', { name: 'Cutout' });
    await region.getByRole('status').filter({ hasText: 'Ready' }).waitFor();
    expect(await region.getByRole('button', { name: /Remove|Try/ }).count()).toBe(0);
    expect(await theirs.getByRole('button', { name: 'Remove backgrounds in this folder' }).count()).toBe(0);
    await openList(theirs);
    await selectAll('Seen', theirs);
    await theirs.waitForLoadState('networkidle');
    expect(await theirs.getByRole('button', { name: 'Remove backgrounds' }).count()).toBe(0);
    await openEntry({ photo: id }, theirs);
    await theirs.getByRole('button', { name: /^Cutouts of photo: Ready/ }).press('Enter');
    const items = await theirs.getByRole('menuitem').allInnerTexts();
    expect(items).toEqual(['Copy link', 'Open in a new tab']);
    await theirs.context().close();
  }, 90_000);

  describe('looked at', () => {
    let entry: Record<string, unknown>;
    let opened: number;
    let shelf: number;
    const fieldButton = 'button[aria-haspopup="menu"][aria-label*="gallery"]';

    beforeAll(async () => {
      opened = await upload('a-mug-with-quite-a-long-file-name-for-a-menu');
      const ids = [opened, await upload('two'), await upload('three')];
      shelf = await makeFolder('Looked at');
      await upload('lies-here', shelf);
      entry = { photo: opened, gallery: ids };
      await createProduct(session, { title: 'Shown', ...entry });
      for (const id of ids) await settled(session, id);
    }, 60_000);

    const visit = async (name: string) => {
      await openEntry(entry);
      const button = page.locator(fieldButton);
      await button.waitFor();
      await button.scrollIntoViewIfNeeded();
      await look(`field-${name}`);
      expect(await seriousViolations(page, fieldButton)).toEqual([]);
      await button.press('Enter');
      await page.getByRole('menuitem').first().waitFor();
      await look(`menu-${name}`);
      expect(await seriousViolations(page, '[role="menu"]')).toEqual([]);
      await openLibrary(`assetId=${opened}`);
      const region = page.locator('[role="dialog"] section');
      await region.getByRole('status').waitFor();
      await region.locator('img').waitFor();
      await look(`drawer-${name}`);
      expect(await seriousViolations(page, '[role="dialog"] section')).toEqual([]);
      await openLibrary(`folder=${shelf}`);
      await page.locator('main h1 + div button').click();
      await page.getByRole('dialog').getByText(/1/).first().waitFor();
      await look(`folder-${name}`);
      expect(await seriousViolations(page, '[role="dialog"]')).toEqual([]);
    };

    it.each(['light', 'dark'])(
      'has no serious finding of axe in the %s theme',
      async (theme) => {
        await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
        await visit(theme);
      },
      90_000,
    );

    it('fits a phone', async () => {
      await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
      await page.setViewportSize({ width: 390, height: 844 });
      await visit('390');
      await page.setViewportSize({ width: 1440, height: 1000 });
    }, 90_000);

    it.each(['zh-Hans', 'ta'])(
      'speaks %s',
      async (language) => {
        const json = { preferedLanguage: language };
        await request(session.url, 'PUT', '/admin/users/me', { bearer: session.jwt, json });
        await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
        await visit(language);
      },
      90_000,
    );

    it('left nothing of the plugin’s on the console', () => {
      expect(panel.said).toEqual([]);
    });
  });
});
