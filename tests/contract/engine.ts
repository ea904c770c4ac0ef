import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { hashFile } from '../../server/src/hash-file';
import type { Engine, MatteRequest } from '../../server/src/mattes/engine';
import { disc } from '../support/quick-model';

export interface EngineCase {
  engine: Engine;
  /** Reservations that nobody settled. */
  unsettled(): Promise<number>;
}

/** What every engine owes, with its real model or service. `start` may take long; it is called once. */
export function describeEngine(name: string, start: () => Promise<EngineCase>, stop: () => Promise<void>): void {
  describe(`${name}, as an engine`, () => {
    let folder: string;
    let made: EngineCase;
    let runs = 0;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'cutout-engine-'));
      made = await start();
    }, 180_000);
    afterAll(async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const request = async (bytes: Buffer | string, changes: Partial<MatteRequest> = {}): Promise<MatteRequest> => {
      const workDir = path.join(folder, String(++runs));
      mkdirSync(workDir);
      const source = path.join(workDir, 'original');
      writeFileSync(source, bytes);
      return {
        job: { id: runs, fileId: runs, source: 'upload', bulk: null, force: false, priority: 10 },
        original: { path: source, sha256: await hashFile(source), bytes: bytes.length },
        refine: false,
        workDir,
        signal: new AbortController().signal,
        ...changes,
      };
    };

    it('names what a stored matte is found by without any work', () => {
      const { engine } = made;
      expect(['local', 'remote']).toContain(engine.name);
      expect(engine.model).toMatch(/^[a-z0-9-]+$/);
      expect(engine.weights()).toMatch(/^[0-9a-f]*$/);
    });

    it('makes a grey picture with the subject in it, and leaves the original as it is', async () => {
      const asked = await request(await disc(1));
      const matte = await made.engine.make(asked);
      const { data, info } = await sharp(matte.picture.path)
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true });
      const at = (x: number, y: number) => data[Math.round(y * info.height) * info.width + Math.round(x * info.width)]!;
      expect(at(0.5, 0.5)).toBeGreaterThan(200);
      expect(at(0.02, 0.02)).toBeLessThan(50);
      expect(matte.picture).toMatchObject({ ext: '.png', mime: 'image/png' });
      expect(await hashFile(asked.original.path)).toBe(asked.original.sha256);
      await matte.settle(true);
      expect(existsSync(matte.picture.path)).toBe(true);
      expect(await made.unsettled()).toBe(0);
    });

    it.each([
      ['text', 'no picture at all', 'source.not-an-image'],
      ['half a JPEG', null, 'source.truncated'],
    ])('refuses %s with the picture’s fault, and leaves nothing to settle', async (_what, text, code) => {
      const whole = await disc(2);
      const asked = await request(text ?? whole.subarray(0, whole.length / 2));
      await expect(made.engine.make(asked)).rejects.toMatchObject({ name: 'CutoutError', code });
      expect(await made.unsettled()).toBe(0);
    });

    it('ends when it is told to, and leaves nothing to settle', async () => {
      const asked = await request(await disc(3), { signal: AbortSignal.abort() });
      await expect(made.engine.make(asked)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });
      expect(await made.unsettled()).toBe(0);
    });
  });
}
