import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Session } from '../../scripts/lib/client';

export type { Browser, Page };

export const browserHint =
  'Browser tests of the admin: install Chromium (or run `npx playwright install chromium`), or name one in CUTOUT_E2E_BROWSER.';

function onPath(name: string): string[] {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The Chromium to test with: the one named in the environment, the system's, Playwright's own; null without any. */
export function findBrowser(): string | null {
  const named = process.env.CUTOUT_E2E_BROWSER;
  if (named) return named;
  const installed = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap(onPath);
  const own = chromium.executablePath();
  return installed[0] ?? (own && existsSync(own) ? own : null);
}

/** A browser that talks to nobody but the tested app. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser() ?? undefined,
    timeout: 60_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that is logged in to the admin. */
export async function openAdmin(browser: Browser, { url, admin }: Session): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1200 } });
  page.setDefaultTimeout(30_000);
  await page.goto(`${url}/admin/auth/login`);
  await page.locator('input[name=email]').fill(admin.email);
  await page.locator('input[name=password]').fill(admin.password);
  await page.getByRole('button', { name: 'Login' }).click();
  await page.waitForURL((address) => !address.pathname.includes('/auth/'));
  return page;
}
