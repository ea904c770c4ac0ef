import type { Locator } from 'playwright-core';
import type { BulkView } from '../../server/src/api/contracts';
import { request, type Session } from '../support/app';
import { browserHint, findBrowser, openAdmin, type Page } from '../support/browser';
import { describeIf } from '../support/needs';
import { openPanel, type Panel } from '../support/panel';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** How long the service takes over each picture, so that a run can be stopped on its way. */
const SLOW_MS = 700;

describeIf(findBrowser() !== null, browserHint)('a bulk run that costs credits', () => {
  let panel: Panel;
  let session: Session;
  let page: Page;

  beforeAll(async () => {
    panel = await openPanel(({ local, remote }) => ({ local, remote: { ...remote, concurrency: 1 } }));
    ({ session, page } = panel);
    for (let count = 1; count <= 12; count += 1) await panel.uploadDisc(`p${count}`, { width: 200, height: 160 });
    panel.server.setFault({ kind: 'slow-answer', ms: SLOW_MS });
  }, 240_000);
  afterAll(() => panel?.close(), 60_000);

  const charged = () => panel.server.credits.charged();
  const readRun = async (id: number): Promise<BulkView> =>
    (await request(session.url, 'GET', `/cutout/bulk/${id}`, { bearer: session.jwt })).data as BulkView;
  const badge = (state: string) => page.getByRole('status').filter({ hasText: state });
  const button = (name: string, within: Page | Locator = page) => within.getByRole('button', { name, exact: true });
  const figure = (name: string) => page.getByText(name, { exact: true }).locator('xpath=following::dd[1]');
  /** @returns the number of the run */
  const planRemote = async (count: number, on = page): Promise<number> => {
    await on.goto(`${session.url}/admin/plugins/cutout/runs/new`);

    await on.getByRole('combobox', { name: 'Cutout', exact: true }).click();
    await on.getByRole('option', { name: 'Without a cutout' }).click();
    await on.getByRole('combobox', { name: 'Presets' }).click();
    await on.getByRole('option', { name: 'default' }).click();
    await on.keyboard.press('Escape');
    await on.getByRole('combobox', { name: 'Engine' }).click();
    await on.getByRole('option', { name: /Rembg/ }).click();
    await button('Start the dry run', on).click();
    await on.getByRole('heading', { name: `${count} files match` }).waitFor();
    return Number(new URL(on.url()).pathname.split('/').at(-1));
  };

  it('tells its cost first, stands still while it is paused, goes on, and is cancelled with what is done kept', async () => {
    const id = await planRemote(12);
    await panel.look('run-paid-planned');
    expect(await figure('Credits it costs').innerText()).toMatch(/12$/);
    expect(charged()).toBe(0);
    await button('Start').click();
    await until('some are made', () => charged() >= 2);
    await button('Pause').click();
    await badge('Paused').waitFor();
    await until('nothing is under way', async () => (await readRun(id)).jobs.running === 0);
    const paused = charged();
    expect(paused).toBeLessThan(12);
    await page.waitForTimeout(4 * SLOW_MS);
    expect(charged()).toBe(paused);
    await panel.look('run-paused');

    await button('Resume').click();
    await until('it goes on', () => charged() > paused);
    await button('Cancel the run').click();
    await button('Cancel the run', page.getByRole('alertdialog')).click();
    await badge('Cancelled').waitFor();
    const { jobs } = await readRun(id);
    expect(jobs.queued + jobs.running).toBe(0);
    expect(jobs.done).toBe(charged());
    expect(jobs.done).toBeLessThan(12);
    await page.reload();
    await badge('Cancelled').waitFor();
    expect(await button('Resume').count()).toBe(0);
    await panel.look('run-cancelled');
  }, 120_000);

  it('stops at its budget and not beyond', async () => {
    const before = charged();
    const id = await planRemote(12 - before);
    await page.getByRole('textbox', { name: 'Credits for this run at most' }).fill('2');
    await button('Start').click();
    await badge('Stopped').waitFor();
    expect(charged() - before).toBe(2);
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await page.getByText(`2 of ${12 - before}`, { exact: true }).waitFor();
    expect((await readRun(id)).jobs.done).toBe(2);
    await page.waitForTimeout(2 * SLOW_MS);
    expect(charged() - before).toBe(2);
    await panel.look('run-stopped');
  }, 120_000);

  it('is not started by a role that may not pay', async () => {
    const left = 12 - charged();
    const planner = await addUser(session, 'planner', [
      ...grants(['plugin::cutout.read', 'plugin::cutout.edit', 'plugin::cutout.bulk', 'plugin::upload.read']),
    ]);
    const theirs = await openAdmin(panel.browser, planner);
    const id = await planRemote(left, theirs);
    await theirs.getByText('This run may spend credits, and your role may not.').waitFor();
    expect(await button('Start', theirs).count()).toBe(0);
    const start = request(session.url, 'POST', `/cutout/bulk/${id}/start`, { bearer: planner.jwt, json: {} });
    await expect(start).rejects.toMatchObject({ status: 403 });
    await theirs.context().close();
  }, 120_000);

  it('left nothing of the plugin’s on the console', () => {
    expect(panel.said).toEqual([]);
  });
});
