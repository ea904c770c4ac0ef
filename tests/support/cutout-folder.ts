import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../server/src/engines/local/cards';
import { type Ran, runCutout, type RunSettings } from './cutout-command';
import { tinyModel } from './tiny-models';

/** A folder of its own for a test of `cutout remove`: models and a temporary folder, and room for pictures. */
export interface CutoutFolder {
  path: string;
  at(...parts: string[]): string;
  /** `cutout remove` with the tiny model, in the folder. */
  remove(args: string[], settings?: Partial<RunSettings>, model?: string): Promise<Ran>;
  clear(): void;
}

export function createCutoutFolder(): CutoutFolder {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-cli-'));
  const at = (...parts: string[]): string => path.join(folder, ...parts);
  // Some tests run the command as another user.
  chmodSync(folder, 0o777);
  mkdirSync(at('models'));
  mkdirSync(at('tmp'));
  chmodSync(at('tmp'), 0o777);
  const card = findCard('u2netp');
  const own = { ...card, id: 'tiny', weights: { file: 'tiny.onnx', sources: [] } };
  const nonCommercial = { id: 'CC-BY-NC-4.0', url: 'https://example.com/license', commercial: false };
  writeFileSync(at('models', 'tiny.json'), JSON.stringify(own));
  writeFileSync(at('models', 'tiny-nc.json'), JSON.stringify({ ...own, id: 'tiny-nc', license: nonCommercial }));
  writeFileSync(at('models', 'tiny.onnx'), tinyModel(card));
  return {
    path: folder,
    at,
    remove: (args, settings = {}, model = 'tiny') =>
      runCutout(['remove', '--model', model, ...args], {
        cwd: folder,
        ...settings,
        env: { CUTOUT_MODELS_DIR: 'models', CUTOUT_CACHE: 'cache', TMPDIR: at('tmp'), ...settings.env },
      }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A bright square on dark ground: the tiny model keeps what is bright. */
export async function writePhoto(file: string, width = 90, height = 60): Promise<void> {
  const square = await sharp({ create: { width: 30, height: 30, channels: 3, background: '#ffffff' } })
    .png()
    .toBuffer();
  const ground = sharp({ create: { width, height, channels: 3, background: '#101010' } });
  mkdirSync(path.dirname(file), { recursive: true });
  await ground.composite([{ input: square, left: 30, top: 15 }]).toFile(file);
}
