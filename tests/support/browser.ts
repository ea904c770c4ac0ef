export type { Browser, Page } from 'playwright-core';
export { findBrowser, openAdmin, openBrowser } from '../../scripts/lib/browser';

export const browserHint =
  'Browser tests of the admin: install Chromium (or run `npx playwright install chromium`), or name one in CUTOUT_E2E_BROWSER.';
