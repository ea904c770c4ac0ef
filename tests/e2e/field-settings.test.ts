import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type App, type Session, startWithSession } from '../support/app';
import { type AppCopy, copyApp } from '../support/app-copy';
import { seriousViolations } from '../support/axe';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';

/** Pictures of the settings, for whoever wants to look at them. */
const shots = process.env.CUTOUT_E2E_SHOTS;

describeIf(findBrowser() !== null, browserHint)('the settings of a media field in the Content-Type Builder', () => {
  let copy: AppCopy;
  let app: App;
  let session: Session;
  let browser: Browser;
  let page: Page;

  const attributes = () => {
    const file = path.join(copy.dir, 'src/api/product/content-types/product/schema.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { attributes: Record<string, unknown> }).attributes;
  };

  beforeAll(async () => {
    copy = copyApp();
    ({ app, session } = await startWithSession({
      appDir: copy.dir,
      command: ['develop', '--no-watch-admin', '--no-build-admin'],
      env: { NODE_ENV: 'development' },
    }));
    browser = await openBrowser();
    page = await openAdmin(browser, session);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    copy?.remove();
  }, 60_000);

  const openSettings = async (field: string): Promise<void> => {
    await page.goto(`${session.url}/admin/plugins/content-type-builder/content-types/api::product.product`);
    await page.getByRole('button', { name: `Edit ${field}`, exact: true }).click();
    await page.getByRole('tab', { name: 'Advanced settings' }).click();
  };

  const look = async (name: string): Promise<void> => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: path.join(shots, `builder-${name}.png`) });
  };

  it('do not appear where a field takes no images', async () => {
    await openSettings('plain');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Remove backgrounds (Cutout)').waitFor();
    await dialog.getByRole('combobox', { name: 'Select allowed types of media' }).click();
    await page.getByRole('option', { name: /^images/ }).click();
    await page.keyboard.press('Escape');
    await dialog.getByText('Remove backgrounds (Cutout)').waitFor({ state: 'detached' });
  }, 60_000);

  it('are locked until cutouts are switched on, and end up in schema.json without touching other fields', async () => {
    const before = attributes();
    await openSettings('plain');
    const dialog = page.getByRole('dialog');
    const engine = dialog.getByRole('combobox', { name: 'Cutout engine' });
    const presets = dialog.getByRole('combobox', { name: 'Cutout presets' });
    expect(await engine.isDisabled()).toBe(true);
    expect(await presets.isDisabled()).toBe(true);

    await dialog.getByRole('checkbox', { name: 'Remove backgrounds (Cutout)' }).check({ force: true });
    await engine.click();
    await page.getByRole('option', { name: 'Remote: Rembg API, 1 credit an image' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'No Rembg API key is configured' }).waitFor();
    await dialog.getByText('1 credit for each new image; the same image is paid for once.').waitFor();
    expect(await seriousViolations(page, '[role="dialog"] [role="alert"]')).toEqual([]);
    await look('engine');
    await engine.click();
    await page.getByRole('option', { name: 'Local: on this server, free' }).click();
    await dialog.getByRole('alert').waitFor({ state: 'detached' });
    await presets.click();
    await page.getByRole('option', { name: 'card', exact: true }).click();
    await page.getByRole('option', { name: 'thumb', exact: true }).click();
    await page.keyboard.press('Escape');
    await dialog.getByText('“default” is not made: what you choose replaces it.').waitFor();
    await look('presets');
    await dialog.getByRole('button', { name: 'Finish' }).click();
    const saved = page.waitForResponse(
      (answer) => answer.url().endsWith('/content-type-builder/update-schema') && answer.request().method() === 'POST',
    );
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect((await saved).ok()).toBe(true);

    const after = attributes();
    expect(after.plain).toMatchObject({
      type: 'media',
      pluginOptions: { cutout: { enabled: true, engine: 'local', presets: ['card', 'thumb'] } },
    });
    const untouched = ['title', 'photo', 'gallery', 'detail', 'blocks'];
    expect(untouched.map((name) => after[name])).toEqual(untouched.map((name) => before[name]));
  }, 120_000);
});
