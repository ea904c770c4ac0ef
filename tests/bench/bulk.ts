import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { dropDatabases, testClient } from '../../scripts/lib/database';
import { root } from '../../scripts/lib/paths';
import type { BulkView } from '../../server/src/bulk-words';
import { bootCore, removeData } from '../support/core';
import { machine } from './report';

/**
 * The dry run over a large media library: `CUTOUT_TEST_DB=postgres npm run bench:bulk` prints the figures and writes
 * BULK.md. Rows only, no pictures: a dry run reads nothing else.
 */

const SIZES = [10_000, 100_000];
const BATCH = 1000;
const BAR_S = 20;

interface Measured {
  files: number;
  seconds: number;
  /** Of the heap in use, its highest less that before. */
  growthMb: number;
  plan: BulkView['plan'];
}

const format = (hash: string, name: string) => ({
  ...{ name: `${name}_photo.jpg`, hash: `${name}_${hash}`, ext: '.jpg', mime: 'image/jpeg', path: null },
  ...{ width: 500, height: 375, size: 42.17, sizeInBytes: 42_170, url: `/uploads/${name}_${hash}.jpg` },
});

/** As Strapi writes them down: a photo with its four sizes; every tenth has the size of another, some are films. */
function fileRow(index: number) {
  const hash = `photo_${index.toString(36).padStart(10, '0')}`;
  const film = index % 25 === 0;
  const at = new Date(Date.UTC(2026, 0, 1) + index * 1000);
  const formats = Object.fromEntries(
    ['thumbnail', 'small', 'medium', 'large'].map((name) => [name, format(hash, name)]),
  );
  return {
    ...{ document_id: hash, name: film ? 'film.mp4' : 'photo.jpg', hash, provider: 'local', folder_path: '/' },
    ...{ ext: film ? '.mp4' : '.jpg', mime: film ? 'video/mp4' : 'image/jpeg', url: `/uploads/${hash}.jpg` },
    ...{ size: 1000 + (index % 10 === 0 ? 0 : index / 100), width: 4000, height: 3000 },
    ...{ formats: JSON.stringify(formats), created_at: at, updated_at: at, published_at: at },
  };
}

async function fill(strapi: Core.Strapi, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, to - at) }, (_, index) => fileRow(at + index));
    for (let part = 0; part < rows.length; part += 50) {
      await strapi.db.getConnection('files').insert(rows.slice(part, part + 50));
    }
  }
}

async function measure(strapi: Core.Strapi, files: number): Promise<Measured> {
  const bulk = strapi.plugin('cutout').service<{ plan(request: object): Promise<BulkView> }>('bulk');
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let highest = before;
  const timer = setInterval(() => {
    globalThis.gc?.();
    highest = Math.max(highest, process.memoryUsage().heapUsed);
  }, 3000);
  const start = performance.now();
  const { plan } = await bulk.plan({ presets: ['default'] });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  return { files, seconds, growthMb: (highest - before) / 1e6, plan };
}

async function main(): Promise<void> {
  const app = await bootCore();
  const measured: Measured[] = [];
  try {
    let there = 0;
    for (const files of SIZES) {
      process.stderr.write(`${files} files …\n`);
      await fill(app.strapi, there, files);
      there = files;
      // As the database does by itself, a minute after such a change.
      if (testClient() === 'postgres') await app.strapi.db.connection.raw('analyze');
      measured.push(await measure(app.strapi, files));
    }
  } finally {
    await app.stop();
    removeData(app);
    const client = testClient();
    if (client !== 'sqlite') await dropDatabases(client, process.pid);
  }
  const rows = measured.map(
    ({ files, seconds, growthMb }) => `| ${files} | ${seconds.toFixed(1)} s | ${growthMb.toFixed(0)} MB |`,
  );
  const last = measured.at(-1)!;
  const { cpu, cores, memoryGb, node, os } = machine(root);
  const text = [
    '# A dry run over a large media library',
    '',
    `Written by \`npm run bench:bulk\` on ${testClient()}. Rows of photos with Strapi's four sizes; no field, folder or rule`,
    'wants them, the run asks for the preset `default`. Growth is that of the heap in use, collected before each look.',
    '',
    `Machine: ${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}, ${os}.`,
    '',
    '| files | dry run | highest growth of the heap |',
    '| ----- | ------- | -------------------------- |',
    ...rows,
    '',
    `Bar: ${last.files} files under ${BAR_S} s on PostgreSQL: ${last.seconds < BAR_S ? 'holds' : 'MISSED'}.`,
    `It found ${last.plan.make} to make, ${last.plan.sameBytes} of them that look the same, ${last.plan.notPictures} no pictures.`,
    '',
  ].join('\n');
  writeFileSync(path.join(root, 'tests/bench/BULK.md'), text);
  console.log(text);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
