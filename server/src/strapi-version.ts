import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { CutoutError } from './errors';
import { packageRoot } from './package-root';

/**
 * Stops the start on a Strapi that is older than package.json allows: there the plugin would load, and then fail at
 * every save. Prereleases, and versions that cannot be read, are their users' own decision.
 *
 * @throws CutoutError `strapi.too-old`.
 */
export function requireStrapi(strapi: Core.Strapi): void {
  const found: unknown = strapi.config.get('info.strapi');
  const problem = typeof found === 'string' ? tooOld(found, supportedStrapi()) : null;
  if (problem) throw new CutoutError('strapi.too-old', problem);
}

/** The range in package.json, which package managers check too. */
export function supportedStrapi(): string {
  const manifest = readFileSync(path.join(packageRoot(), 'package.json'), 'utf8');
  return (
    (JSON.parse(manifest) as { peerDependencies: Record<string, string> }).peerDependencies['@strapi/strapi'] ?? ''
  );
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

/** One sentence for a release below the range's lower end; null for all else. */
export function tooOld(found: string, range: string): string | null {
  const least = /\d+\.\d+\.\d+/.exec(range)?.[0];
  if (least === undefined || !VERSION.test(found)) return null;
  const [have, want] = [found, least].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const at = want.findIndex((part, index) => part !== have[index]);
  if (at < 0 || have[at]! > want[at]!) return null;
  return `strapi-plugin-cutout needs Strapi ${least} or newer, this is ${found}: update Strapi, or take the plugin out of config/plugins.`;
}
