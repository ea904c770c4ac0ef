import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from '../../scripts/lib/client';
import { testClient } from '../../scripts/lib/database';
import { upload } from '../support/core';
import { type EventStream, openEvents } from '../support/event-stream';
import { describeIf } from '../support/needs';
import { type Nodes, startNodes } from '../support/nodes';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';
import type { WorkerProcess } from '../support/worker-process';

/** A client of one node hears of what the others do. */

describeIf(testClient() !== 'sqlite', 'Several nodes need a database server.')(
  'two nodes that leave work to a worker',
  () => {
    let folder: string;
    let nodes: Nodes;
    let worker: WorkerProcess;
    let seed = 0;
    const open: EventStream[] = [];
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'cutout-events-nodes-'));
      const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
      const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
      nodes = await startNodes({ config: { local, role: 'web' } });
      worker = await nodes.startWorker(1);
    }, 400_000);
    afterAll(async () => {
      for (const stream of open) stream.abort();
      await worker?.stop();
      await nodes?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 120_000);

    const listen = async (node: number, lastEventId: string | null = null) => {
      const { url, token } = nodes.session(node);
      const stream = await openEvents(url, { bearer: token, lastEventId });
      open.push(stream);
      return stream;
    };
    /** @returns id of the job */
    const process = async (node: number): Promise<number> => {
      const session = nodes.session(node);
      const bytes = await disc((seed += 1));
      const { id } = await upload(session, { name: `disc-${seed}.jpg`, bytes, type: 'image/jpeg' });
      const route = `/api/cutout/files/${id}/process`;
      return (await request(session.url, 'POST', route, { bearer: session.token, json: {} })).data.job.id as number;
    };
    const endsOf = (stream: EventStream, job: number) =>
      stream.statesOf(job).filter((state) => state === 'done').length;

    it('tell on either what was asked at the other, and go on where one left off', async () => {
      const first = await listen(0);
      const heard = await process(1);
      await until('its end is told', () => endsOf(first, heard) === 1);
      await until('that has its id', () => first.confirmed() === first.events.length);
      first.abort();
      const missed = await process(0);
      await until('it is done', async () => {
        const { url, token } = nodes.session(0);
        return (await request(url, 'GET', `/api/cutout/jobs/${missed}`, { bearer: token })).data.state === 'done';
      });
      const second = await listen(1, first.lastId());
      await until('what it missed is told', () => endsOf(second, missed) === 1);
      const later = await process(0);
      await until('what comes after is told', () => endsOf(second, later) === 1);
      expect(endsOf(second, missed)).toBe(1);
    }, 180_000);

    it('end with a client that listens, as soon as without one', async () => {
      const stream = await listen(0);
      const at = performance.now();
      await nodes.end(0);
      await stream.ended;
      expect(performance.now() - at).toBeLessThan(20_000);
    }, 60_000);
  },
);
