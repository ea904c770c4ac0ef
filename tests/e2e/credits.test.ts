import { readFileSync } from 'node:fs';
import { request, type Session } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { distinctPicture } from '../support/noise';
import { openPanel, type Panel, shots } from '../support/panel';
import { uploadPictures } from '../support/remote-app';
import { until } from '../support/until';

const day = 86_400;
const included = 500;
const prepaid = 40;
const usedInEditor = 85;

describeIf(findBrowser() !== null, browserHint)('the credits page', () => {
  const periodStartUnix = Math.floor(Date.now() / 1000) - 10 * day;
  let panel: Panel;
  let server: Panel['server'];
  let key: string;
  let session: Session;
  let page: Page;
  const answers: string[] = [];

  beforeAll(async () => {
    panel = await openPanel(({ server, remote }) => {
      key = server.accounts.addKey({ membership: 'Premium-500', included, prepaid, periodStartUnix });
      server.accounts.find(key)!.cycles.set(periodStartUnix - 30 * day, { app: 120, api: 300 });
      server.accounts.useApp(key, usedInEditor);
      const budget = { credits: 100, reserve: 20 };
      return { remote: { ...remote, apiKey: key, budget }, rules: { everything: { engine: 'remote' } } };
    });
    ({ server, session, page } = panel);
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/cutout/')) return;
      void response.text().then(
        (body) => answers.push(body),
        () => undefined,
      );
    });
    await upload(1, 3);
    server.setFault({ kind: 'reset-after-body' }, 1);
    await upload(4, 1);
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  /** Uploads pictures that were never sent before, and waits until each has cost its call. */
  const upload = async (seed: number, count: number) => {
    const before = server.credits.charged();
    const pictures = Array.from({ length: count }, (_, index) => distinctPicture(7700 + seed + index));
    await uploadPictures(session, await Promise.all(pictures));
    await until(`${count} calls`, async () => server.credits.charged() === before + count, 60_000);
  };
  const look = async (name: string) => {
    if (!shots) return;
    await page.waitForTimeout(600);
    const height = await page.evaluate(() => document.querySelector('main')?.scrollHeight ?? 0);
    const size = page.viewportSize()!;
    await page.setViewportSize({ ...size, height: Math.max(size.height, Math.min(height + 80, 4000)) });
    await page.waitForTimeout(300);
    await panel.look(name);
    await page.setViewportSize(size);
  };
  const card = (name: string) => page.getByRole('region', { name });
  const open = (query = '') => page.goto(`${session.url}/admin/plugins/cutout/credits${query}`);
  /** Asks the account at once; `said`: what comes of it. */
  const check = async (notice: RegExp) => {
    await page.getByRole('button', { name: 'Check again now' }).click();
    await page.getByText(notice).last().waitFor();
  };

  it('says on top whether the credits last, and shows the account as the service tells it, but nothing of the key', async () => {
    await open();
    await page.getByText(/^Enough until the renewal on/).waitFor();
    // The calls have asked the account in the minute before.
    await check(/The Rembg account takes calls again/);
    const balance = card('Spendable credits');
    await balance.getByText(String(included - usedInEditor - 4 + prepaid), { exact: true }).waitFor();
    await balance.getByText('Premium-500').waitFor();
    await balance.getByText('411 of 500').waitFor();
    await balance.getByText(/ UTC$/).waitFor();
    const used = card('Used, as the account counts');
    await used.getByText('89 of 500').waitFor();
    await used.getByRole('progressbar').waitFor();
    expect(await card('Budget of this Strapi').getByRole('progressbar').getAttribute('aria-valuetext')).toBe(
      '4 of 100',
    );
    expect(answers.join()).toContain('Premium-500');
    expect(answers.join()).not.toContain(key);
    expect(await page.content()).not.toContain(key);
  }, 90_000);

  it('draws the pictures of each day, by engine and by source, with a table for those who do not see it', async () => {
    const chart = card('Pictures a day (UTC)');
    await chart.getByRole('img', { name: 'Pictures a day (UTC)' }).waitFor();
    const rows = chart.getByRole('table').getByRole('row');
    expect(await rows.first().innerText()).toMatch(/Day\s+Rembg API \(paid\)\s+Credits/);
    expect(await rows.nth(1).innerText()).toMatch(/\s4\s+4$/);
    const bySource = chart.getByRole('button', { name: 'Source' });
    await bySource.press('Enter');
    expect(await bySource.getAttribute('aria-pressed')).toBe('true');
    await expectText(() => rows.first().innerText(), /API/);
  }, 60_000);

  const expectText = (read: () => Promise<string>, wanted: RegExp) =>
    until(String(wanted), async () => wanted.test(await read()), 10_000);

  it('looks at another cycle or month, which its address names', async () => {
    const choose = async (name: RegExp) => {
      await page.getByRole('combobox', { name: 'Period' }).click();
      await page.getByRole('option', { name }).first().click();
    };
    await choose(/^Cycle:/);
    await page.waitForURL(`**/credits?periodStartUnix=${periodStartUnix - 30 * day}`);
    const used = card('Used, as the account counts');
    await used.getByText('420 of 500').waitFor();
    await page.getByText('Nothing was made in this period.').waitFor();
    await page.reload();
    await used.getByText('420 of 500').waitFor();
    await choose(/^Month:/);
    await page.waitForURL(/credits\?month=\d+&year=\d+|credits\?year=\d+&month=\d+/);
    await used.getByText('89', { exact: true }).waitFor();
    await choose(/^This cycle:/);
    await used.getByText('89 of 500').waitFor();
    expect(new URL(page.url()).search).toBe('');
  }, 90_000);

  it('gives the ledger of the period as a file', async () => {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).press('Enter');
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(/^cutout-\d{4}-\d\d-\d\d\.csv$/);
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines.filter((line) => line.includes(',unknown,'))).toHaveLength(1);
  }, 60_000);

  it('says how many images wait and for what, and leads to them', async () => {
    const link = card('Waiting images').getByRole('link', { name: /^1 image: The connection broke/ });
    expect(await link.getAttribute('href')).toBe('/admin/plugins/cutout?state=held&reason=remote.outcome-unknown');
  }, 60_000);

  describe('to look at', () => {
    afterAll(async () => {
      await request(session.url, 'PUT', '/admin/users/me', { bearer: session.jwt, json: { preferedLanguage: 'en' } });
      await page.evaluate(() => {
        localStorage.setItem('strapi-admin-language', 'en');
        localStorage.setItem('STRAPI_THEME', 'light');
      });
      await page.setViewportSize({ width: 1440, height: 1200 });
    });

    it.each(['dark', 'light'])(
      'has no serious finding of axe in the %s theme, its details and the home page’s widget included',
      async (theme) => {
        await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
        await page.goto(`${session.url}/admin`);
        await page.getByText('451 credits').waitFor();
        await look(`widget-${theme}`);
        await open();
        await page.getByText(/^Enough until the renewal on/).waitFor();
        await page.getByRole('button', { name: 'Details' }).click();
        await page.getByRole('grid', { name: 'Billing cycles' }).waitFor();
        await card('Pictures a day (UTC)').getByRole('img').waitFor();
        await look(`credits-${theme}`);
        expect(await seriousViolations(page, 'main')).toEqual([]);
      },
      90_000,
    );

    it('fits a phone', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await open();
      await page.getByText(/^Enough until the renewal on/).waitFor();
      await look('credits-390');
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
      expect(isWide).toBe(false);
      await page.setViewportSize({ width: 1440, height: 1200 });
    }, 60_000);

    it.each([
      ['zh-Hans', /^够用到/],
      ['ta', /புதுப்பிக்கும் வரை போதும்$/],
    ])(
      'speaks %s',
      async (language, headline) => {
        const json = { preferedLanguage: language };
        await request(session.url, 'PUT', '/admin/users/me', { bearer: session.jwt, json });
        await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
        await open();
        await page.getByText(headline).waitFor();
        await look(`credits-${language}`);
      },
      60_000,
    );
  });

  it('lets a call of unknown outcome be settled, after which its image goes on', async () => {
    await open();
    const calls = page.getByRole('region', { name: 'Calls of unknown outcome' });
    await calls.getByRole('button', { name: 'Not charged: p0.png' }).click();
    await page.getByRole('alertdialog').getByText('which may cost a credit').waitFor();
    await page.getByRole('button', { name: 'Not charged', exact: true }).click();
    await page.getByText('Settled as not charged. Waiting images go on.').waitFor();
    await calls.waitFor({ state: 'detached' });
    await until('the image was sent again', async () => server.credits.charged() === 5, 30_000);
  }, 60_000);

  describe('and the state of the account', () => {
    const notice = (title: RegExp) => page.locator('main').getByText(title).first();

    it('is not held by a service that hangs: the ledger comes first, the account beside it', async () => {
      server.setAccountHost('silent');
      await check(/The Rembg account does not take calls yet/);
      const began = Date.now();
      await open();
      await card('Budget of this Strapi')
        .getByText(/of 100/)
        .waitFor();
      expect(Date.now() - began).toBeLessThan(8000);
      await notice(/The Rembg account does not answer/).waitFor();
      await page.getByText(/Its figures below are those of/).waitFor();
      await look('credits-silent');
    }, 60_000);

    it('says that the service cannot be reached', async () => {
      server.setAccountHost('reset');
      await check(/The Rembg account does not take calls yet/);
      await notice(/The Rembg account cannot be reached/).waitFor();
      server.setAccountHost('up');
    }, 60_000);

    it('says that the key is refused, and goes on when it is accepted again', async () => {
      const restore = server.accounts.revoke(key);
      await check(/The Rembg account does not take calls yet/);
      await notice(/The Rembg account refuses the API key/).waitFor();
      await look('credits-wrong-key');
      restore();
      await check(/The Rembg account takes calls again/);
      await notice(/^Enough until the renewal on/).waitFor();
    }, 60_000);

    it('says that the address is to be verified; the check reopens what that had closed', async () => {
      const { plan } = server.accounts.find(key)!;
      plan.verified = false;
      const before = server.credits.charged();
      await uploadPictures(session, [await distinctPicture(7790)]);
      const isRefused = () =>
        server.calls.some(({ endpoint, rows }) => endpoint === 'rmbg' && rows.includes('email-not-verified'));
      await until('the call was refused', async () => isRefused(), 30_000);
      await check(/The Rembg account does not take calls yet/);
      await notice(/e-mail address has to be verified/).waitFor();
      await notice(/Calls to the Rembg API are stopped/).waitFor();
      await look('credits-not-verified');
      plan.verified = true;
      await check(/The Rembg account takes calls again/);
      await notice(/^Enough until the renewal on/).waitFor();
      await until('the waiting image was sent', async () => server.credits.charged() === before + 1, 30_000);
    }, 90_000);

    it('says that the figures are a calendar month’s where no billing cycle is known', async () => {
      server.accounts.find(key)!.plan.synced = false;
      await check(/The Rembg account takes calls again/);
      const balance = card('Spendable credits');
      await balance.getByText('Not synced').waitFor();
      await balance.getByText(/The account knows no billing cycle/).waitFor();
      await look('credits-unsynced');
    }, 60_000);
  });

  it('left nothing of the plugin’s on the console', () => {
    expect(panel.said).toEqual([]);
  });
});
