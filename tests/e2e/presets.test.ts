import sharp from 'sharp';
import { request, type Session, settled } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel } from '../support/panel';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

describeIf(findBrowser() !== null, browserHint)('presets and rules in the settings', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;
  let id: number;

  beforeAll(async () => {
    panel = await openPanel(({ local, remote }) => ({ local, remote, presets: { fixed: { w: 200, shadow: true } } }));
    ({ session, page } = panel);
    id = await panel.uploadDisc('mug', { width: 1200, height: 900 });
    const other = await panel.uploadDisc('cup', { width: 900, height: 1200 });
    for (const each of [id, other]) {
      const json = { presets: ['default'] };
      await request(session.url, 'POST', `/cutout/assets/${each}/run`, { bearer: session.jwt, json });
      await settled(session, each);
    }
    await request(session.url, 'POST', '/upload/folders', { bearer: session.jwt, json: { name: 'Shoes' } });
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  const address = (place: string) => `${session.url}/admin/plugins/cutout/${place}`;
  const region = (name: string) => page.getByRole('region', { name });
  const look = (name: string) => panel.look(name);
  /** A pixel of the sample that is shown, at a place of it, 0…1. */
  const samplePixel = (x: number, y: number) =>
    page.getByRole('img', { name: /^Preview: / }).evaluate(
      async (img, at) => {
        const picture = img as HTMLImageElement;
        // Refused where the next sample takes its place meanwhile.
        const isWhole = await picture.decode().then(
          () => true,
          () => false,
        );
        if (!isWhole) return [];
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
        const context = canvas.getContext('2d')!;
        context.drawImage(picture, 0, 0);
        return [...context.getImageData(canvas.width * at.x, canvas.height * at.y, 1, 1).data];
      },
      { x, y },
    );
  /** The corner of a stored variant; null while there is none. */
  const corner = async (key: string): Promise<number[] | null> => {
    const variant = (await settled(session, id)).variants.find((each) => each.key === key);
    if (!variant) return null;
    const bytes = Buffer.from(await (await fetch(new URL(variant.url, session.url))).arrayBuffer());
    const { data } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return [...data.subarray(0, 4)];
  };

  it('a new preset begins with a sample of the newest cutout, which follows the options', async () => {
    await page.goto(address('settings'));
    await region('Presets').getByRole('heading', { name: 'fixed' }).waitFor();
    expect(await region('Presets').getByRole('link', { name: 'Edit fixed' }).count()).toBe(0);
    await region('Presets').getByRole('link', { name: 'New preset' }).click();
    await page.getByRole('heading', { name: 'New preset', level: 1 }).waitFor();
    await page.getByRole('img', { name: /cup.jpg/ }).waitFor();
    await page.getByRole('button', { name: 'mug.jpg' }).click();
    await page.getByRole('img', { name: /mug.jpg/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Colour', exact: true }).click();
    await page.locator('input[type=color][aria-label="Colour"]').fill('#00c800');
    await until('the sample is green', async () => {
      const [red, green] = await samplePixel(0.02, 0.02);
      return green! > 150 && red! < 60;
    });
    await look('preset-new');
  }, 90_000);

  it('takes a name that is free, and no other', async () => {
    const save = page.getByRole('button', { name: 'Save' });
    expect(await save.isDisabled()).toBe(true);
    for (const [name, problem] of [
      ['Shop 1', 'Begin with a lower-case letter'],
      ['fixed', 'There is a preset of this name.'],
    ] as const) {
      await page.getByRole('textbox', { name: /^Name/ }).fill(name);
      await page.getByText(problem).waitFor();
      expect(await save.isDisabled()).toBe(true);
    }
    await page.getByRole('textbox', { name: /^Name/ }).fill('shop');
    await page.getByLabel('Further widths in pixels').fill('400, 800');
    await save.click();
    await page.getByText('The preset “shop” is saved.').waitFor();
    const row = region('Presets')
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'shop' }) });
    await row.getByText('set in the admin').waitFor();
    await row.getByText('Colour: #00c800ff · Further widths in pixels: 400, 800').waitFor();
    await row.getByText('Not used by a field or a rule').waitFor();
  }, 60_000);

  it('a rule for the whole library tells how many images there are, and they get the preset', async () => {
    const rules = region('Rules');
    const whole = rules.getByRole('group', { name: 'The whole media library' });
    await whole.getByRole('checkbox', { name: 'Make cutouts of every image' }).click();
    await whole.getByText('2 images are there now.').waitFor();
    await whole.getByRole('combobox', { name: 'Presets' }).click();
    await page.getByRole('option', { name: 'shop' }).click();
    await page.keyboard.press('Escape');
    await look('rules');
    await rules.getByRole('button', { name: 'Save rules' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('beginning within seconds').waitFor();
    expect(await dialog.getByText('credit').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await until('the picture has its variant', async () => (await corner('cutout_shop')) !== null, 60_000);
    const [red, green] = (await corner('cutout_shop'))!;
    expect(green! > 150 && red! < 60).toBe(true);
    const row = region('Presets')
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'shop' }) });
    await row.getByText('Used by: The whole media library').waitFor();
    expect(await row.getByRole('button', { name: 'Remove shop' }).count()).toBe(0);
  }, 120_000);

  it('a changed preset changes its pictures', async () => {
    await region('Presets').getByRole('link', { name: 'Edit shop' }).click();
    await page.getByRole('heading', { name: 'Preset shop', level: 1 }).waitFor();
    expect(await page.getByRole('textbox', { name: /^Name/ }).count()).toBe(0);
    expect(await page.getByLabel('Further widths in pixels').inputValue()).toBe('400, 800');
    await page.locator('input[type=color][aria-label="Colour"]').fill('#c80000');
    await page.getByRole('button', { name: 'Save' }).click();
    await region('Presets').getByText('Colour: #c80000ff').waitFor();
    await until('it is made anew', async () => ((await corner('cutout_shop'))?.[0] ?? 0) > 150, 60_000);
  }, 90_000);

  it('a rule for a folder names one of the library’s, and what may cost says so', async () => {
    const rules = region('Rules');
    await rules.getByRole('button', { name: 'Add a rule for a folder' }).click();
    await rules.getByText('Choose a folder and at least one preset').waitFor();
    expect(await rules.getByRole('button', { name: 'Save rules' }).count()).toBe(0);
    const rule = rules.getByRole('group', { name: 'New rule for a folder' });
    await rule.getByRole('combobox', { name: 'Folder, with those in it' }).click();
    await page.getByRole('option', { name: '/Shoes' }).click();
    const shoes = rules.getByRole('group', { name: '/Shoes' });
    await shoes.getByText('No image is there now.').waitFor();
    await shoes.getByRole('combobox', { name: 'Engine' }).click();
    await page.getByRole('option', { name: /^Remote/ }).click();
    await rules.getByRole('button', { name: 'Save rules' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('The Rembg API takes 1 credit for each new image').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await region('Presets').getByText('/Shoes').waitFor();
  }, 90_000);

  it('options that were tried in the editor become a preset', async () => {
    await page.goto(address(`edit/${id}`));
    await page.getByRole('group', { name: 'Tools' }).getByRole('button', { name: 'Options' }).click();
    await page.getByRole('combobox', { name: 'Begin with' }).click();
    await page.getByRole('option', { name: 'shop' }).click();
    await page.getByRole('checkbox', { name: 'Crop to the subject' }).click();
    await page.getByRole('link', { name: 'Save as preset' }).click();
    await page.getByRole('heading', { name: 'New preset', level: 1 }).waitFor();
    await page.getByRole('img', { name: /mug.jpg/ }).waitFor();
    expect(await page.getByRole('checkbox', { name: 'Crop to the subject' }).isChecked()).toBe(true);
    expect(await page.getByLabel('Further widths in pixels').inputValue()).toBe('400, 800');
    await page.getByRole('textbox', { name: /^Name/ }).fill('cropped');
    await page.getByRole('button', { name: 'Save' }).click();
    await region('Presets').getByText('Crop to the subject').waitFor();
    await region('Presets').getByRole('button', { name: 'Remove cropped' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take back' }).click();
    await region('Presets').getByText('Crop to the subject').waitFor({ state: 'detached' });
  }, 90_000);

  it('who may not spend is offered no engine that costs, and who may not see cutouts gets no sample', async () => {
    const user = await addUser(session, 'nurse', grants(['plugin::cutout.settings']));
    const nurse = await openAdmin(panel.browser, user);
    await nurse.goto(address('settings'));
    const whole = nurse.getByRole('group', { name: 'The whole media library' });
    await whole.getByRole('combobox', { name: 'Engine' }).click();
    await nurse.getByRole('option', { name: /^Local/ }).waitFor();
    expect(await nurse.getByRole('option').count()).toBe(1);
    await nurse.goto(address('settings/new-preset'));
    await nurse.getByText('A sample is shown to those who may see cutouts.').waitFor();
    await nurse.context().close();
  }, 90_000);

  it.each(['light', 'dark'])(
    'have no serious finding of axe in the %s theme',
    async (theme) => {
      await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
      await page.goto(address('settings'));
      await region('Presets').waitFor();
      await look(`presets-${theme}`);
      expect(await seriousViolations(page, 'main')).toEqual([]);
      await page.goto(address('settings/presets/shop'));
      await page.getByRole('img', { name: /^Preview: / }).waitFor();
      await look(`preset-${theme}`);
      expect(await seriousViolations(page, 'main')).toEqual([]);
    },
    90_000,
  );

  it('fit a phone', async () => {
    await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
    await page.setViewportSize({ width: 390, height: 844 });
    for (const place of ['settings', 'settings/presets/shop']) {
      await page.goto(address(place));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await look(`${place.replaceAll('/', '-')}-390`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1)).toBe(true);
    }
  }, 60_000);

  it('left nothing of the plugin’s on the console', () => {
    expect(panel.said).toEqual([]);
  });
});
