import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { type App, cutoutConfig, type Session, startWithSession } from '../support/app';
import { type Browser, browserHint, findBrowser, openAdmin, openBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';

const day = 86_400;
const included = 500;
const prepaid = 40;
const usedInEditor = 85;

describeIf(findBrowser() !== null, browserHint)('the credits page', () => {
  let server: RembgServer;
  let key: string;
  let app: App;
  let session: Session;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startRembgServer();
    const periodStartUnix = Math.floor(Date.now() / 1000) - 10 * day;
    key = server.accounts.addKey({ membership: 'Premium-500', included, prepaid, periodStartUnix });
    server.accounts.find(key)!.cycles.set(periodStartUnix - 30 * day, { app: 120, api: 300 });
    server.accounts.useApp(key, usedInEditor);
    const { apiUrl, accountUrl } = server;
    const remote = { apiKey: key, apiUrl, accountUrl, budget: { credits: 100, reserve: 20 } };
    ({ app, session } = await startWithSession({ env: cutoutConfig({ remote }) }));
    browser = await openBrowser();
    page = await openAdmin(browser, session);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    app?.remove();
    await server?.stop();
  }, 60_000);

  const card = (name: string) => page.getByRole('region', { name });

  it('shows the account and its billing cycles as the service tells them, and nothing of the key', async () => {
    const answers: string[] = [];
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/cutout/')) return;
      void response.text().then(
        (body) => answers.push(body),
        () => undefined,
      );
    });
    await page.getByRole('link', { name: 'Cutout' }).click();
    await page.getByRole('heading', { name: 'Credits', level: 1 }).waitFor();

    const balance = card('Spendable credits');
    await balance.getByText(String(included - usedInEditor + prepaid), { exact: true }).waitFor();
    await balance.getByText('Premium-500').waitFor();
    await balance.getByText('415 of 500').waitFor();
    await card('This billing cycle').getByText('20 days left').waitFor();
    await card('Forecast').getByText('8.5 a day').waitFor();
    await card('Account against this Strapi').getByText('0', { exact: true }).waitFor();

    const table = page.getByRole('grid', { name: 'Billing cycles' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['PERIOD', 'WEB EDITOR', 'API', 'TOTAL']);
    const rows = await table.getByRole('row').filter({ hasText: /\d{4}/ }).all();
    const cells = await Promise.all(rows.map((row) => row.getByRole('gridcell').allInnerTexts()));
    expect(cells.map((row) => row.slice(1))).toEqual([
      ['85', '0', '85'],
      ['120', '300', '420'],
    ]);

    expect(answers.join()).toContain('Premium-500');
    expect(answers.join()).not.toContain(key);
    expect(await page.content()).not.toContain(key);
  }, 90_000);

  it('has a budget bar that names itself and its value', async () => {
    const bar = page.getByRole('progressbar', { name: 'Share of the budget that is spent' });
    await bar.waitFor();
    expect(await bar.getAttribute('aria-valuetext')).toBe('0 of 100');
    await card('Budget of this Strapi').getByText('20 credits of the account are a reserve and never spent.').waitFor();
  }, 60_000);

  it('reads the figures anew at the press of the button, which keeps the focus', async () => {
    const refresh = page.getByRole('button', { name: 'Refresh' });
    const answer = page.waitForResponse((response) => new URL(response.url()).pathname === '/cutout/usage');
    await refresh.press('Enter');
    expect((await answer).status()).toBe(200);
    await refresh.waitFor();
    expect(await refresh.evaluate((button) => button === document.activeElement)).toBe(true);
  }, 60_000);
});
