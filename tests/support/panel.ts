import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { type App, cutoutConfig, request, type Session, startWithSession } from './app';
import { type Browser, openAdmin, openBrowser, type Page } from './browser';
import { disc, type DiscOptions, QUICK, writeQuickModel } from './quick-model';
import { until } from './until';

/** Pictures of the pages in both themes, on a phone and in each language, for whoever wants to look at them. */
export const shots = process.env.CUTOUT_E2E_SHOTS;

/** The admin panel in a browser, on an app of its own with the quick model, beside the emulated Rembg service. */
export interface Panel {
  app: App;
  session: Session;
  browser: Browser;
  page: Page;
  server: RembgServer;
  /** Requests for cutouts and uploads, as `GET /cutout/assets?ids=1`, since somebody emptied the list. */
  asked: string[];
  /** Errors and warnings of ours in the page's console. */
  said: string[];
  /** A screenshot, where they are wanted. */
  look(name: string): Promise<void>;
  /** Uploads a picture that no upload had before. @returns the asset's id */
  uploadDisc(name: string, options?: DiscOptions): Promise<number>;
  /** Lets time pass on the page's own clock, which must be installed; what it asks meanwhile is answered in real time. */
  pass(seconds: number, step?: number): Promise<void>;
  /** The same until something has come about; a minute of real time at most. */
  passUntil(what: string, done: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

export interface PanelParts {
  server: RembgServer;
  /** Ends with the panel. */
  folder: string;
  /** The plugin's own settings of the quick model, and of the service under a key of it. */
  local: Record<string, unknown>;
  remote: Record<string, unknown>;
}

/** @param configure the plugin's configuration; what it does to the service is done before the app starts */
export async function openPanel(
  configure: (parts: PanelParts) => Record<string, unknown> = ({ local, remote }) => ({ local, remote }),
): Promise<Panel> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-panel-'));
  const server = await startRembgServer();
  const { app, session } = await startWithSession({ env: cutoutConfig(configure(partsOf(server, folder))) });
  const browser = await openBrowser();
  const page = await openAdmin(browser, session);
  if (shots) mkdirSync(shots, { recursive: true });
  let seed = 0;
  const pass: Panel['pass'] = async (seconds, step = 1) => {
    for (let passed = 0; passed < seconds; passed += step) {
      await page.clock.runFor(step * 1_000);
      await sleep(50);
    }
  };
  return {
    ...{ app, session, browser, page, server },
    ...listenTo(page),
    async look(name) {
      if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`) });
    },
    async uploadDisc(name, options) {
      const form = new FormData();
      const bytes = new Uint8Array(await disc((seed += 1), options));
      form.set('files', new Blob([bytes], { type: 'image/jpeg' }), `${name}.jpg`);
      const [asset] = await request(session.url, 'POST', '/api/upload', { bearer: session.token, form });
      return asset.id as number;
    },
    pass,
    async passUntil(what, done) {
      await until(
        what,
        async () => {
          await pass(1);
          return done();
        },
        60_000,
      );
    },
    async close() {
      await browser.close();
      await app.stop();
      app.remove();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function partsOf(server: RembgServer, folder: string): PanelParts {
  const { apiUrl, accountUrl, keys } = server;
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  return {
    ...{ server, folder },
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    // A folder of its own: what an earlier run paid for would not be asked of the service again.
    remote: { apiKey: keys.premium, apiUrl, accountUrl, paidDir: path.join(folder, 'paid') },
  };
}

function listenTo(page: Page): Pick<Panel, 'asked' | 'said'> {
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', (sent) => {
    const { pathname, search } = new URL(sent.url());
    if (/^\/(cutout|upload)\//.test(`${pathname}/`)) asked.push(`${sent.method()} ${pathname}${search}`);
  });
  page.on('console', (message) => {
    const line = `${message.text()} ${message.location().url}`;
    if (['error', 'warning'].includes(message.type()) && /cutout/i.test(line)) said.push(line);
  });
  page.on('pageerror', (error) => said.push(error.message));
  return { asked, said };
}
