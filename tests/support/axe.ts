import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

interface Violation {
  id: string;
  impact: string | null;
  nodes: { target: string[]; html: string; failureSummary?: string }[];
}

/** axe-core's serious and critical findings in one part of a page, one line each. */
export async function seriousViolations(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(settle);
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = await page.evaluate(async (within) => {
    const { axe } = window as unknown as {
      axe: { run(context: unknown, options: unknown): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run({ include: [[within]] }, { resultTypes: ['violations'] })).violations;
  }, selector);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`));
}

/** What still fades in has not the contrast that it will have. */
async function settle(): Promise<void> {
  const passing = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
  await Promise.all(passing.map(({ finished }) => finished.catch(() => undefined)));
}
