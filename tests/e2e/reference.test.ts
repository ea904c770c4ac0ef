import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, cutoutConfig, type Session, startApp, startWithSession } from '../support/app';
import { type Browser, browserHint, findBrowser, openBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';

/** Where pictures of the page are left, for whoever wants to look at it. */
const shots = process.env.CUTOUT_SHOTS;

describeIf(findBrowser() !== null, browserHint)('the reference page', () => {
  let app: App;
  let session: Session;
  let browser: Browser;

  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-reference-'));
    const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
    const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
    const config = { local, openapi: { reference: true }, rembgApi: { enabled: true } };
    ({ app, session } = await startWithSession({ env: cutoutConfig(config) }));
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** With all that the page complains of, and every address that it asks. */
  async function open(colorScheme: 'light' | 'dark', { url } = app) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 }, colorScheme });
    page.setDefaultTimeout(60_000);
    const [complaints, addresses]: [string[], string[]] = [[], []];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => addresses.push(request.url()));
    await page.goto(`${url}/api/cutout/reference`);
    await page.getByRole('heading', { name: /^Cutout/ }).waitFor();
    const outside = () => addresses.filter((address) => !/^(data|blob):/.test(address) && !address.startsWith(url));
    return { page, complaints, outside };
  }

  const shot = async (page: Page, name: string) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
  };

  /** @param field where a scheme's value goes in the dialog */
  async function authorize(page: Page, field: '#auth-bearer-value' | '#api_key_value') {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const scheme = page.locator('.auth-container', { has: page.locator(field) });
    await scheme.locator(field).fill(session.token);
    await scheme.getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.dialog-ux').getByRole('button', { name: 'Close' }).first().click();
  }

  it('runs a real request with a token, asks nobody else and complains of nothing', async () => {
    const { page, complaints, outside } = await open('light');
    await shot(page, 'light');
    await authorize(page, '#auth-bearer-value');
    const operation = page.locator('#operations-Files-filesFind');
    await operation.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/cutout/files');
    await operation.getByRole('button', { name: 'Execute' }).click();
    expect((await answered).status()).toBe(200);
    await operation.locator('.live-responses-table').getByText('"pagination"').first().waitFor();
    await operation.locator('.live-responses-table').scrollIntoViewIfNeeded();
    await shot(page, 'light-answer');
    expect(complaints).toEqual([]);
    expect(outside()).toEqual([]);
    await page.close();
  }, 120_000);

  it('cuts out a picture with a key of the Rembg API', async () => {
    const { page, complaints } = await open('light');
    await authorize(page, '#api_key_value');
    const operation = page.locator('#operations-Rembg-rembgRemove');
    await operation.locator('.opblock-summary-control').click();
    await operation
      .locator('input[type=file]')
      .setInputFiles({ name: 'disc.jpg', mimeType: 'image/jpeg', buffer: await disc(1) });
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/cutout/rmbg');
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = await answered;
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/webp']);
    const shown = operation.locator('.live-responses-table img');
    await shown.waitFor();
    await shown.scrollIntoViewIfNeeded();
    await shot(page, 'rmbg');
    expect(await shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(800);
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  it('follows the system into the dark', async () => {
    const { page, complaints, outside } = await open('dark');
    await shot(page, 'dark');
    const darkness = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const [red = 255] = darkness.match(/\d+/g)!.map(Number);
    expect(red).toBeLessThan(80);
    expect([...complaints, ...outside()]).toEqual([]);
    await page.close();
  }, 120_000);

  it('is there in development without being asked for, under Strapi’s policy of that mode', async () => {
    const development = await startApp({ env: { ...cutoutConfig({}), NODE_ENV: 'development' } });
    try {
      const { page, complaints, outside } = await open('light', development);
      expect([...complaints, ...outside()]).toEqual([]);
      await page.close();
    } finally {
      await development.stop();
      development.remove();
    }
  }, 180_000);
});
