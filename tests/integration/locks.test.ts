import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createConnection } from 'mysql2/promise';
import { findAsset, request, type Session } from '../../scripts/lib/client';
import { testClient } from '../../scripts/lib/database';
import { bootCore, type CoreApp, idle, jobsOf, listen, removeData, upload } from '../support/core';
import { asJson } from '../support/nodes';
import { describeIf } from '../support/needs';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

/**
 * Two writers of one asset's `formats`: the plugin, and somebody with a connection of their own who keeps to the rule of
 * locking the row first. Without the plugin's lock, one of them writes over what the other wrote.
 */
interface Writer {
  run(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

async function openWriter(url: string): Promise<Writer> {
  if (url.startsWith('postgres')) {
    const client = new Client({ connectionString: url });
    await client.connect();
    return { run: async (sql) => (await client.query(sql)).rows, close: () => client.end() };
  }
  const connection = await createConnection({ uri: url });
  return { run: async (sql) => (await connection.query(sql))[0] as never, close: () => connection.end() };
}

describeIf(testClient() !== 'sqlite', 'row locks of database servers: `npm run test:services`')(
  'the lock of an asset’s row',
  () => {
    let folder: string;
    let app: CoreApp;
    let session: Session;
    let writer: Writer;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'cutout-locks-'));
      const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
      app = await bootCore({
        config: {
          local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
          rules: { everything: true },
          jobs: { pollMs: 100, leaseMs: 15_000 },
        },
      });
      session = await listen(app);
      writer = await openWriter(process.env.DATABASE_URL!);
    }, 180_000);
    afterAll(async () => {
      await writer.close();
      await app.stop();
      removeData(app);
      rmSync(folder, { recursive: true, force: true });
    });

    /** Takes the lock, and returns what puts a key into `formats` and lets go. */
    async function lock(id: number) {
      await writer.run('begin');
      const read = await writer.run(`select formats from files where id = ${id} for update`);
      return async (key: string) => {
        const formats = { ...asJson<Record<string, unknown>>(read[0]!.formats), [key]: { url: '/else.jpg' } };
        await writer.run(`update files set formats = '${JSON.stringify(formats)}' where id = ${id}`);
        await writer.run('commit');
      };
    }

    it('keeps the key of a writer that held it when the cutout was ready', async () => {
      // Held back until the row can be locked after the job was claimed and before it commits.
      const { provider } = app.strapi.plugin('upload');
      const { uploadStream } = provider;
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      let arrived = 0;
      const bytes = await disc(1);
      provider.uploadStream = async (file: { hash: string }) => {
        if (file.hash.includes('cutout')) {
          arrived += 1;
          await gate;
        }
        return uploadStream(file);
      };
      try {
        const { id } = await upload(session, { name: 'disc.jpg', bytes, type: 'image/jpeg' });
        await until('the job has something to store', () => arrived > 0);
        const write = await lock(id);
        letGo();
        await until('the files are stored', () => app.uploads().filter((name) => name.includes('cutout')).length >= 2);
        // Without its lock the plugin has read `formats` by now, and waits only to write them.
        await sleep(1000);
        await write('elsewhere');
        await idle(app);
        const { formats } = await findAsset(session, id);
        expect(Object.keys(formats ?? {})).toEqual(expect.arrayContaining(['elsewhere', 'cutout', 'cutout_matte']));
        expect((await jobsOf(app, id)).map(({ state }) => state)).toEqual(['done']);
      } finally {
        letGo();
        provider.uploadStream = uploadStream;
      }
    }, 60_000);

    it('takes the cutouts out of what another writer left, when they are removed', async () => {
      const { id } = await upload(session, { name: 'disc.jpg', bytes: await disc(2), type: 'image/jpeg' });
      await idle(app);
      const write = await lock(id);
      const removed = request(session.url, 'DELETE', `/cutout/assets/${id}`, { bearer: session.jwt });
      await sleep(1000);
      await write('elsewhere');
      await removed;
      await idle(app);
      const { formats } = await findAsset(session, id);
      const ours = Object.keys(formats ?? {}).filter((key) => key.startsWith('cutout'));
      expect({ ours, elsewhere: formats?.elsewhere }).toEqual({ ours: [], elsewhere: { url: '/else.jpg' } });
    }, 60_000);
  },
);
