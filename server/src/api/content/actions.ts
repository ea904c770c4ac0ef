import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { removePreset, removeVariants } from '../../pipeline/remove-variants';
import { readWants } from '../../rules/read-wants';
import { SIGNED_BY } from '../../storage/provider';
import { type AskedFile, ask, demandPresets, wantsWhenAsked } from '../ask';
import { MOST_ID } from '../../tables/shared';
import { parseInput } from '../respond';
import { type FileRow, readAssets } from '../status';
import { fileParam, type FileView, processRequest } from './contracts';
import { viewFiles } from './views';

/** What REST and GraphQL have in common. */

/** How often whoever waits for a cutout looks whether it is there. */
const LOOK_MS = 150;

/** Its addresses are as they are stored: a private provider's have to be signed. */
export type FoundFile = AskedFile & Pick<FileRow, 'name' | 'url' | 'formats'>;

const FOUND = ['id', 'folderPath', 'formats', ...SIGNED_BY];

/**
 * The file of a numeric id or a documentId.
 * @throws CutoutError `options.invalid` for what is neither, `asset.missing`
 */
export async function findFile(strapi: Core.Strapi, named: string): Promise<FoundFile> {
  const id = parseInput(fileParam, named, 'id');
  const where = typeof id === 'number' ? { id } : { documentId: id };
  const isThere = typeof id === 'string' || id <= MOST_ID;
  const file = isThere ? await strapi.db.query('plugin::upload.file').findOne({ select: FOUND, where }) : null;
  if (!file) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
  return file as FoundFile;
}

/** @throws CutoutError `asset.missing` */
export async function viewFile(strapi: Core.Strapi, id: number): Promise<FileView> {
  const [file] = await viewFiles(strapi, [id]);
  if (!file) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
  return file;
}

/**
 * Asks for a file's cutouts, and waits for them as long as that says.
 * @throws CutoutError `options.invalid`
 */
export async function processFile(strapi: Core.Strapi, file: AskedFile, request: unknown): Promise<void> {
  const { wait, ...asked } = parseInput(processRequest, request, 'body');
  demandPresets(strapi, asked.presets ?? []);
  await ask(strapi, file, asked, { source: 'api', wants: await wantsWhenAsked(strapi, file) });
  const until = performance.now() + wait * 1000;
  while (performance.now() < until) {
    const job = await getApp(strapi).jobs.latest(file.id);
    if (!job || !['queued', 'running'].includes(job.state)) return;
    await sleep(LOOK_MS);
  }
}

/**
 * Removes the variant of a preset that somebody asked for by itself.
 * @throws CutoutError `variant.wanted` where a field or rule wants it, `options.invalid`
 */
export async function deleteVariant(strapi: Core.Strapi, file: AskedFile, preset: string): Promise<void> {
  demandPresets(strapi, [preset]);
  if (await isWantedByOthers(strapi, file, preset)) {
    const message = `A field or rule wants '${preset}' of asset ${file.id}: removed, it would be made again.`;
    throw new CutoutError('variant.wanted', message);
  }
  const { planner, sweepSoon } = getApp(strapi);
  await planner.plan(file.id, { source: 'api', unwish: [preset] });
  const left = (await readAssets(strapi, [file.id])).get(file.id)?.status;
  if ((left?.wish?.presets.length ?? 0) === 0 && !(await wantsWhenAsked(strapi, file))) {
    await removeVariants(strapi, file.id);
  } else {
    await removePreset(strapi, file.id, preset);
    await planner.plan(file.id, { source: 'api' });
  }
  await sweepSoon.asset(file.id);
}

async function isWantedByOthers(strapi: Core.Strapi, file: AskedFile, preset: string): Promise<boolean> {
  const asked = { ...file, asset: { wish: null, optedOut: false } };
  const wants = (await readWants(strapi, getApp(strapi).config.rules, [asked])).get(file.id);
  return wants?.presets.includes(preset) ?? false;
}
