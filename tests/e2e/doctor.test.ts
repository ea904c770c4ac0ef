import { request, type Session } from '../support/app';
import { seriousViolations } from '../support/axe';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel } from '../support/panel';
import { addUser, grants } from '../support/roles';

const WORD = 'redis-open-sesame';
const KEY = 'rk_live_0123456789_wxyz';
const PLACES = ['doctor', 'settings'] as const;

describeIf(findBrowser() !== null, browserHint)('doctor and settings', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;

  beforeAll(async () => {
    // Nobody listens there.
    const queue = { redis: `redis://bull:${WORD}@127.0.0.1:1` };
    panel = await openPanel(({ local }) => ({ local, queue, remote: { budget: { reserve: 5 } } }));
    ({ session, page } = panel);
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  const address = (place = 'doctor') => `${session.url}/admin/plugins/cutout/${place}`;
  const open = async (place?: string) => {
    await page.goto(address(place));
    await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 40_000 });
    await page.waitForLoadState('networkidle');
  };
  const look = (name: string) => panel.look(name);
  const again = () => page.getByRole('button', { name: 'Check again' });

  it('is one of the pages, tells what does not work and what to do, and below what is well', async () => {
    await page.getByRole('link', { name: 'Cutout' }).click();
    await page.getByRole('navigation', { name: 'Pages of Cutout' }).getByRole('link', { name: 'Doctor' }).click();
    await page.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor({ timeout: 40_000 });
    // What is done soon after the start is not done yet.
    await again().click();
    await page.getByRole('button', { name: 'Checking…' }).waitFor();
    await again().waitFor({ timeout: 40_000 });
    const redis = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Redis' }) });
    await redis.getByText('Does not work').waitFor();
    await redis.getByText('Redis at 127.0.0.1:1 does not answer (ECONNREFUSED).').waitFor();
    await redis.getByText('What to do: see that it runs').waitFor();
    const well = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Model', exact: true }) });
    await well.getByText('quick.onnx').waitFor();
    expect(await page.content()).not.toContain(WORD);
  }, 90_000);

  it('puts a report without secrets in the clipboard', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy report' }).click();
    await page.getByText('The report is in the clipboard.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('[error] Redis (redis.away): used yes, host 127.0.0.1:1, cause ECONNREFUSED');
    expect(copied).not.toContain(WORD);
  }, 30_000);

  it('is there for those alone who have the permission', async () => {
    const as = async (name: string, actions: string[]) =>
      openAdmin(panel.browser, await addUser(session, name, grants(actions)));
    const viewer = await as('viewer', ['plugin::cutout.read', 'plugin::upload.read']);
    await viewer.goto(`${session.url}/admin/plugins/cutout`);
    const nav = viewer.getByRole('navigation', { name: 'Pages of Cutout' });
    await nav.waitFor();
    expect(await nav.getByRole('link', { name: 'Doctor' }).count()).toBe(0);
    await viewer.goto(address());
    await viewer.getByText("You don't have the permissions to access that content").waitFor();
    await viewer.context().close();
    const nurse = await as('nurse', ['plugin::cutout.settings']);
    await nurse.goto(`${session.url}/admin/plugins/cutout`);
    await nurse.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await nurse.getByRole('navigation', { name: 'Pages of Cutout' }).getByRole('link', { name: 'Doctor' }).click();
    await nurse.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor({ timeout: 40_000 });
    await nurse.context().close();
  }, 120_000);

  it('settings tell what is set where, go by what is set here at once, and never show the key', async () => {
    await open('settings');
    const form = page.getByRole('region', { name: 'Budget and review' });
    await form.getByLabel('Reserve').waitFor();
    expect(await form.getByLabel('Reserve').isDisabled()).toBe(true);
    await form.getByText('Set in config/plugins or the environment.').waitFor();
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await form.getByLabel('Credits in a billing cycle').fill('250');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('button', { name: 'Take back what is set here' }).waitFor();
    const all = page.getByRole('region', { name: 'In force' });
    await all.getByRole('listitem').filter({ hasText: 'remote.budget.credits250set in the admin' }).waitFor();
    const key = page.getByRole('region', { name: 'Rembg API key' });
    await key.getByLabel('New API key').fill(KEY);
    await key.getByRole('button', { name: 'Store the key' }).click();
    await key.getByText('A key that ends in wxyz is stored, encrypted.').waitFor();
    expect(await key.getByLabel('New API key').inputValue()).toBe('');
    expect(await page.content()).not.toContain(KEY);
    // In force at once, as the process itself tells.
    await all.getByRole('listitem').filter({ hasText: 'remote.apiKeySetset in the admin' }).waitFor();
    await all.getByText('redis://***@127.0.0.1:1').waitFor();
    expect(await all.getByText('limits.maxBytes').count()).toBe(0);
    await all.getByRole('checkbox', { name: 'Show the defaults too' }).click();
    await all.getByText('limits.maxBytes').waitFor();
    await look('settings-all');
  }, 90_000);

  it('settings are in Strapi’s own settings too', async () => {
    await page.goto(`${session.url}/admin/settings/cutout`);
    await page.getByRole('heading', { name: 'Cutout', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Budget and review' }).waitFor();
    await look('settings-global');
  }, 60_000);

  it('a change that somebody else overtook is refused in words', async () => {
    const form = page.getByRole('region', { name: 'Budget and review' });
    await request(session.url, 'PUT', '/cutout/settings', {
      bearer: session.jwt,
      json: { version: 2, values: { 'local.reviewBelow': 0.4 } },
    });
    await form.getByLabel('Credits in a billing cycle').fill('251');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else has changed the settings meanwhile.').waitFor();
  }, 60_000);

  it.each(['light', 'dark'])(
    'have no serious finding of axe in the %s theme',
    async (theme) => {
      await page.evaluate((chosen) => localStorage.setItem('STRAPI_THEME', chosen), theme);
      for (const place of PLACES) {
        await open(place);
        await look(`${place}-${theme}`);
        expect(await seriousViolations(page, 'main')).toEqual([]);
      }
    },
    90_000,
  );

  it('fit a phone', async () => {
    await page.evaluate(() => localStorage.setItem('STRAPI_THEME', 'light'));
    await page.setViewportSize({ width: 390, height: 844 });
    for (const place of PLACES) {
      await open(place);
      await look(`${place}-390`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1)).toBe(true);
    }
    await page.setViewportSize({ width: 1440, height: 1200 });
  }, 90_000);

  it.each([
    ['zh-Hans', '诊断', '设置'],
    ['ta', 'பரிசோதனை', 'அமைவுகள்'],
  ])(
    'speak %s',
    async (language, doctor, settings) => {
      const json = { preferedLanguage: language };
      await request(session.url, 'PUT', '/admin/users/me', { bearer: session.jwt, json });
      await page.evaluate((chosen) => localStorage.setItem('strapi-admin-language', chosen), language);
      for (const [place, heading] of [
        ['doctor', doctor],
        ['settings', settings],
      ] as const) {
        await open(place);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        await look(`${place}-${language}`);
      }
    },
    90_000,
  );

  it('left nothing of the plugin’s on the console', () => {
    // The browser itself tells of the refusal that was asked for.
    expect(panel.said.filter((line) => !/status of 409/.test(line))).toEqual([]);
  });
});
