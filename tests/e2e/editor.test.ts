import sharp from 'sharp';
import { createProduct, request, type Session, settled } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel } from '../support/panel';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

describeIf(findBrowser() !== null, browserHint)('the editor', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;
  let id: number;

  beforeAll(async () => {
    const presets = { card: { bg_color: '#ffffff', format: 'png', shadow: true } };
    panel = await openPanel(({ local }) => ({ local, presets }));
    ({ session, page } = panel);
    id = await panel.uploadDisc('mug', { width: 1200, height: 900 });
    const json = { presets: ['default'] };
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json });
    await settled(session, id);
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  /** Takes what the browser itself says of an answer that is asked for here from what was said. */
  const expected = (status: number) => {
    const { said } = panel;
    said.splice(0, said.length, ...said.filter((line) => !line.includes(String(status))));
  };
  const open = (named: number | string = id) => page.goto(`${session.url}/admin/plugins/cutout/edit/${named}`);
  const look = (name: string) => panel.look(name);
  const stage = () => page.getByRole('group', { name: /^Picture\./ });
  const tool = (name: string) => page.getByRole('group', { name: 'Tools' }).getByRole('button', { name });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  /** What the stage shows at a place of it, 0…1. */
  const pixel = (x: number, y: number) =>
    stage()
      .locator('canvas')
      .evaluate(
        (canvas, at) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const context = (canvas as HTMLCanvasElement).getContext('2d')!;
          return [...context.getImageData(width * at.x, height * at.y, 1, 1).data].slice(0, 3);
        },
        { x, y },
      );
  /** Opacity of the stored cutout, at a place of the picture. */
  const stored = async (x: number, y: number): Promise<number> => (await storedPixel(x, y))[3]!;
  const storedPixel = async (x: number, y: number): Promise<number[]> => {
    const { variants } = await settled(session, id);
    const { url } = variants.find(({ key }) => key === 'cutout')!;
    const bytes = Buffer.from(await (await fetch(new URL(url, session.url))).arrayBuffer());
    const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4;
    return [...data.subarray(at, at + 4)];
  };
  const paint = async (from: [number, number], to: [number, number]) => {
    const box = (await stage().boundingBox())!;
    const at = ([x, y]: [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 8 });
    await page.mouse.up();
  };
  const ready = async () => {
    await stage().waitFor();
    await until('the picture is drawn', async () => (await pixel(0.5, 0.5)).some((value) => value > 0));
  };

  it('opens from an entry, at the original and the cutout', async () => {
    const { documentId } = await createProduct(session, { title: 'A product', photo: id });
    await page.goto(`${session.url}/admin/content-manager/collection-types/api::product.product/${documentId}`);
    await page.getByRole('link', { name: 'Edit by hand: mug.jpg' }).click();
    await page.getByRole('heading', { name: 'mug.jpg', level: 1 }).waitFor();
    await ready();
    const origin = page.getByRole('region', { name: 'Where it came from' });
    await origin.getByText('quick').waitFor();
    expect(await origin.getByRole('link', { name: 'MIT' }).getAttribute('href')).toContain('example.com/license');
    await origin.getByText(/^[0-9a-f]{64}$/).waitFor();
  }, 90_000);

  it('moves the line between before and after by keyboard and pointer', async () => {
    const line = page.getByRole('slider', { name: 'Line between original and cutout' });
    await line.focus();
    await page.keyboard.press('Home');
    expect(await line.getAttribute('aria-valuenow')).toBe('0');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowRight');
    expect(await line.getAttribute('aria-valuenow')).toBe('12');
    const box = (await stage().boundingBox())!;
    const handle = (await line.boundingBox())!;
    await page.mouse.move(handle.x + handle.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    expect(Number(await line.getAttribute('aria-valuenow'))).toBeGreaterThan(70);
  }, 60_000);

  it('changes what lies under the cutout, remembers it, and shows the edge', async () => {
    await page.getByRole('slider', { name: 'Line between original and cutout' }).press('Home');
    await button('Black').click();
    const corner = [0.5, 0.06] as const;
    await until('it is black', async () => (await pixel(...corner)).every((value) => value < 40));
    await button('White').click();
    await until('it is white', async () => (await pixel(...corner)).every((value) => value > 215));
    await button('Your own colour').click();
    await page.getByLabel('Choose your colour').fill('#00aa00');
    await until('it is green', async () => (await pixel(...corner))[1]! > 120 && (await pixel(...corner))[0]! < 40);
    await page.reload();
    await ready();
    expect(await button('Your own colour').getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('slider', { name: 'Line between original and cutout' }).press('Home');
    const before = await pixel(0.5, 0.5);
    await button('Show edge').click();
    await until('the inside is dimmed', async () => (await pixel(0.5, 0.5))[0]! < before[0]! - 60);
    await look('editor-edge-light');
    await button('Show edge').click();
  }, 60_000);

  it('zooms by wheel, buttons and keys, and moves by drag and arrows', async () => {
    const share = async () =>
      Number((await page.getByRole('button', { name: /^Zoom is/ }).innerText()).replace('%', ''));
    const all = await share();
    await button('Zoom in').click();
    expect(await share()).toBeGreaterThan(all);
    await page.getByRole('button', { name: /^Zoom is/ }).click();
    expect(await share()).toBe(100);
    const box = (await stage().boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.wheel(0, -400);
    await until('it is larger', async () => (await share()) === 200);
    await stage().focus();
    const there = await pixel(0.5, 0.5);
    for (let times = 0; times < 20; times += 1) await page.keyboard.press('ArrowLeft');
    await until('it moved', async () => (await pixel(0.5, 0.5)).join() !== there.join());
    await button('Fit').click();
    expect(await share()).toBe(all);
  }, 60_000);

  it('erases, undoes and redoes, and asks before unsaved strokes are left', async () => {
    await tool('Erase').click();
    expect(await button('Save').isDisabled()).toBe(true);
    const before = await pixel(0.5, 0.5);
    await paint([0.4, 0.5], [0.6, 0.5]);
    await page.mouse.move(0, 0);
    const erased = await pixel(0.5, 0.5);
    expect(erased).not.toEqual(before);
    await page.keyboard.press('Control+z');
    await until('it is undone', async () => (await pixel(0.5, 0.5)).join() === before.join());
    expect(await button('Save').isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+z');
    await until('it is redone', async () => (await pixel(0.5, 0.5)).join() === erased.join());
    const size = page.getByRole('slider', { name: 'Size' });
    const value = Number(await size.inputValue());
    await page.keyboard.press(']');
    expect(Number(await size.inputValue())).toBeGreaterThan(value);
    await look('editor-brush-light');
    await page.getByRole('navigation', { name: 'Pages of Cutout' }).getByRole('link', { name: 'Review' }).click();
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await look('editor-leave-light');
    await question.getByRole('button', { name: 'Stay' }).click();
    await question.waitFor({ state: 'detached' });
    expect(page.url()).toContain(`/edit/${id}`);
  }, 60_000);

  it('moves the picture while the space bar is held, and paints nothing then', async () => {
    await stage().focus();
    await page.keyboard.down('Space');
    await paint([0.3, 0.3], [0.35, 0.3]);
    await page.keyboard.up('Space');
    await page.keyboard.press('Control+z');
    expect(await button('Undo').isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+z');
    await button('Fit').click();
  }, 60_000);

  it('saves the correction, and goes back to the automatic cutout', async () => {
    expect(await stored(0.5, 0.5)).toBe(255);
    await button('Save').click();
    await page.getByText('Saved. The cutout is made anew from your correction.').waitFor();
    await until('the cutout is made of it', async () => (await stored(0.5, 0.5)) === 0);
    const matte = page.getByRole('region', { name: 'Correction' });
    await matte.getByText('Corrected by hand').waitFor();
    expect(await stored(0.5, 0.3)).toBe(255);
    await page.getByText('This cutout was corrected by hand.').waitFor();

    await button('Undo all corrections').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Go back' }).click();
    await page.getByText('The automatic cutout is back.').waitFor();
    await until('it is the automatic one', async () => (await stored(0.5, 0.5)) === 255);
    await matte.getByText('As it was made automatically').waitFor();
    await tool('Compare').click();
    await page.getByRole('slider', { name: 'Line between original and cutout' }).press('Home');
    await until('it is seen', async () => (await pixel(0.5, 0.5))[0]! > 220);
  }, 90_000);

  it('says in plain words that a cutout is being made', async () => {
    const matteRoute = /\/cutout\/assets\/\d+\/matte\?/;
    await tool('Erase').click();
    await paint([0.45, 0.5], [0.55, 0.5]);
    await page.route(matteRoute, (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 409,
            json: { data: null, error: { status: 409, name: 'CutoutError', message: 'x' } },
          })
        : route.continue(),
    );
    await button('Save').click();
    await page.getByText('The cutout is being made. You can save as soon as it is ready.').waitFor();
    await page.unroute(matteRoute);
    expected(409);
    await button('Undo').click();
    expect(await button('Save').isDisabled()).toBe(true);
  }, 60_000);

  it('shows what options make of it, and copies them as a preset', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await tool('Options').click();
    const picture = page.getByRole('img', { name: 'Preview: mug.jpg' });
    await picture.waitFor();
    const colour = () =>
      picture.evaluate((image: HTMLImageElement) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0, 4, 4, 0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
      });
    // The model is not quite sure of the ground.
    expect((await colour())[3]).toBeLessThan(40);
    const options = page.getByRole('region', { name: 'Options' });
    await options.getByRole('checkbox', { name: 'Colour', exact: true }).click();
    await options.getByLabel('Colour', { exact: true }).last().fill('#0000ff');
    await until('it is blue', async () => (await colour())[2]! > 215 && (await colour())[3] === 255);
    await options.getByRole('checkbox', { name: 'Shadow', exact: true }).click();
    await options.getByLabel('Width in pixels').fill('99999');
    await page.getByRole('alert').filter({ hasText: "'w'" }).waitFor();
    expected(400);
    await options.getByLabel('Width in pixels').fill('300');
    await until('it is small', async () => picture.evaluate((image: HTMLImageElement) => image.naturalWidth === 300));
    await button('Copy as preset').click();
    await page.getByText('Copied. Paste it into the presets of the configuration.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('"bg_color": "#0000ff"');
    expect(copied).toContain('"w": 300');
    await options.getByRole('combobox', { name: 'Begin with' }).click();
    await page.getByRole('option', { name: 'card' }).click();
    await until('it is white', async () => (await colour())[1]! > 200);
  }, 90_000);

  it('applies options to this image alone, and goes back to the preset', async () => {
    await open();
    await ready();
    await tool('Options').click();
    const options = page.getByRole('region', { name: 'Options' });
    const origin = page.getByRole('region', { name: 'Where it came from' });
    const apply = options.getByRole('button', { name: 'Apply to this image' });
    expect(await apply.isDisabled()).toBe(true);
    expect(await button('Back to the preset').count()).toBe(0);
    await options.getByRole('checkbox', { name: 'Colour', exact: true }).click();
    await options.getByLabel('Colour', { exact: true }).last().fill('#ff0000');
    await apply.click();
    await page.getByText('Applied. “default” of this image is made anew; it costs nothing.').waitFor();
    await until('the stored cutout is red', async () => {
      const [red, green, , alpha] = await storedPixel(0.02, 0.02);
      return red! > 215 && green! < 40 && alpha === 255;
    });
    await origin.getByText('Options of default, for this image alone').waitFor();
    await origin.getByText('bg_color: #ff0000ff').waitFor();
    await until('there is nothing left to apply', async () => apply.isDisabled());
    await look('editor-own-options-light');

    await open();
    await ready();
    await tool('Options').click();
    await options.getByText(/^This image has options of its own for “default”/).waitFor();
    expect(await options.getByLabel('Colour', { exact: true }).last().inputValue()).toBe('#ff0000');
    await button('Back to the preset').press('Enter');
    await page.getByText('This image goes by the preset “default” again.').waitFor();
    await until('the stored cutout is clear again', async () => (await storedPixel(0.02, 0.02))[3]! < 40);
    expect(await options.getByRole('checkbox', { name: 'Colour', exact: true }).isChecked()).toBe(false);
    expect(await button('Back to the preset').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('group');
    await origin.getByText('as usual').waitFor();
  }, 120_000);

  it('takes a background from the media library, and shows which', async () => {
    await panel.uploadDisc('ground', { width: 400, height: 300 });
    await open();
    await ready();
    await tool('Options').click();
    const picture = page.getByRole('region', { name: 'Options' }).getByRole('group', { name: 'Picture' });
    await picture.getByRole('button', { name: 'Choose a picture' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await look('editor-picture-dialog');
    // As a media field of Strapi's own is filled: the folder that the content API uploads to, then the picture.
    await dialog
      .getByRole('button', { name: /API Uploads/ })
      .first()
      .click();
    await dialog.getByText('ground', { exact: false }).first().waitFor();
    await look('editor-picture-folder');
    await dialog.getByRole('checkbox').last().waitFor();
    await dialog.locator('[role="checkbox"]').first().click();
    await dialog.getByRole('button', { name: 'Finish' }).click();
    await picture.getByText(/\.jpg$/).waitFor();
    expect(await picture.locator('img').getAttribute('src')).toContain('/uploads/');
    await look('editor-picture-chosen');
    await picture.getByRole('button', { name: 'Without a picture' }).click();
    await picture.getByRole('button', { name: 'Choose a picture' }).waitFor();
    expect(await picture.locator('img').count()).toBe(0);
  }, 120_000);

  it('makes it again with more effort, and says before what that costs', async () => {
    await open();
    await ready();
    const origin = page.getByRole('region', { name: 'Where it came from' });
    await origin.getByText('balanced').waitFor();
    const again = page.getByRole('button', { name: /^Make it again with the best effort free, about \d+ s/ });
    await again.click();
    await origin.getByText('best', { exact: true }).waitFor();
    expect(await settled(session, id)).toMatchObject({ state: 'ready', wish: { effort: 'best' } });
    expect(await again.count()).toBe(0);
  }, 90_000);

  it('takes a documentId too, and says where there is nothing to edit', async () => {
    const [{ documentId }] = await request(session.url, 'GET', `/api/upload/files?filters[id]=${id}`, {
      bearer: session.token,
    });
    await open(documentId as string);
    await ready();
    await open(999_999);
    await page.getByText('There is no cutout to edit here, or your role may not see it.').waitFor();
    expected(404);
  }, 60_000);

  it('has no tools for who may not change the file', async () => {
    const viewer = await addUser(session, 'viewer', grants(['plugin::cutout.read', 'plugin::upload.read']));
    const theirs = await openAdmin(panel.browser, viewer);
    await theirs.bringToFront();
    await theirs.goto(`${session.url}/admin/plugins/cutout/edit/${id}`);
    await theirs.getByRole('group', { name: /^Picture\./ }).waitFor();
    const tools = theirs.getByRole('group', { name: 'Tools' }).getByRole('button');
    expect(await tools.allInnerTexts()).toEqual(['Compare', 'Options']);
    expect(await theirs.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    await theirs.getByRole('button', { name: 'Options', exact: true }).click();
    await theirs.getByRole('button', { name: 'Copy as preset' }).waitFor();
    expect(await theirs.getByRole('button', { name: 'Apply to this image' }).count()).toBe(0);
    await theirs.goto(`${session.url}/admin/plugins/cutout`);
    await theirs.getByRole('button', { name: 'mug.jpg' }).click();
    await theirs.getByRole('dialog', { name: 'mug.jpg' }).waitFor();
    expect(await theirs.getByRole('link', { name: /^Edit by hand/ }).count()).toBe(0);
    await theirs.context().close();
    await page.bringToFront();
  }, 90_000);

  describe('looked at', () => {
    it.each(['light', 'dark'])(
      'has no serious finding of axe in the %s theme',
      async (theme) => {
        await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
        await page.evaluate(() => localStorage.setItem('cutout.editor.backdrop', 'checker'));
        await open();
        await ready();
        for (const name of ['Compare', 'Restore', 'Options']) {
          await tool(name).click();
          if (name === 'Options') await page.getByRole('img', { name: 'Preview: mug.jpg' }).waitFor();
          expect(await seriousViolations(page, 'main')).toEqual([]);
          await look(`editor-${name.toLowerCase()}-${theme}`);
        }
      },
      120_000,
    );

    it('fits a phone', async () => {
      await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
      await page.setViewportSize({ width: 390, height: 2400 });
      await open();
      await ready();
      await tool('Erase').click();
      await look('editor-390');
      const wide = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.querySelector('main')!;
        return scrollWidth > clientWidth + 1;
      });
      expect(wide).toBe(false);
      await page.setViewportSize({ width: 1440, height: 1200 });
    }, 60_000);

    it.each([
      ['zh-Hans', '擦除'],
      ['ta', 'அழி'],
    ])(
      'speaks %s',
      async (language, erase) => {
        await request(session.url, 'PUT', '/admin/users/me', {
          bearer: session.jwt,
          json: { preferedLanguage: language },
        });
        await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
        await open();
        await page.getByRole('button', { name: erase, exact: true }).click();
        await look(`editor-${language}`);
      },
      60_000,
    );

    it('left nothing on the console', () => {
      expect(panel.said).toEqual([]);
    });
  });
});
