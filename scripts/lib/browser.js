'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

/** @typedef {import('./client').Session} Session */
/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */

/** @param {string} name @returns {string[]} */
function onPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .filter((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The Chromium to test with: the one named in the environment, the system's, Playwright's own; null without any.
 * @returns {string | null}
 */
function findBrowser() {
  const named = process.env.CUTOUT_E2E_BROWSER;
  if (named) return named;
  const installed = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap(onPath);
  const own = chromium.executablePath();
  return installed[0] ?? (own && fs.existsSync(own) ? own : null);
}

/** A browser that talks to nobody but the tested app. @returns {Promise<Browser>} */
function openBrowser() {
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

/** A page that is logged in to the admin. @param {Browser} browser @param {Session} session @returns {Promise<Page>} */
async function openAdmin(browser, { url, admin }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1200 } });
  page.setDefaultTimeout(30_000);
  await page.goto(`${url}/admin/auth/login`);
  await page.locator('input[name=email]').fill(admin.email);
  await page.locator('input[name=password]').fill(admin.password);
  await page.getByRole('button', { name: 'Login' }).click();
  await page.waitForURL((address) => !address.pathname.includes('/auth/'));
  return page;
}

module.exports = { findBrowser, openAdmin, openBrowser };
