import type { Session } from '../../scripts/lib/client';
import { createDelivery, MOST_TRIES } from '../../server/src/events/deliver';
import { eventMark, eventPayloads } from '../../server/src/events/payloads';
import { withLease } from '../../server/src/locks';
import { EVENT } from '../../server/src/tables/events';
import { inTransaction } from '../../server/src/transaction';
import { type EventName, eventName } from '../../server/src/words';
import { type CoreApp, discard, idle, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { until } from '../support/until';
import { type Answer, type Receiver, startReceiver } from '../support/webhooks';

/** Events are written down with what they tell, and told until they are taken. */

let app: CoreApp;
let session: Session;
const receivers: Receiver[] = [];
beforeAll(async () => {
  ({ app, session } = await startQuickApp({ rules: { everything: true } }));
}, 180_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await discard(app);
});

/** Known to Strapi as a person's own in the settings is. */
async function webhook(answer?: Answer, events: readonly string[] = eventName.options) {
  const receiver = await startReceiver(answer);
  receivers.push(receiver);
  const store = app.strapi.get('webhookStore');
  const row = await store.createWebhook({ name: 'test', url: receiver.url, headers: {}, events: [...events] });
  app.strapi.get('webhookRunner').add(row);
  const remove = async () => {
    await store.deleteWebhook(row.id);
    app.strapi.get('webhookRunner').remove(row);
    await app.strapi.db.query(EVENT).deleteMany({ where: { target: String(row.id) } });
  };
  return { ...receiver, id: String(row.id), remove };
}

const failed = (fileId: number) =>
  ({ fileId, jobId: 1, source: 'upload', bulk: null, reason: { code: 'x', message: 'y' } }) as const;
const add = (fileId: number) => app.cutout.outbox.add('cutout.failed', `asset:${fileId}`, failed(fileId));
/** Holds the lease that the app's own delivery needs, and delivers in its place, without its long pauses. */
async function deliverAlone(write: () => Promise<void>): Promise<void> {
  const { clock } = app.cutout;
  const soon = createDelivery({ strapi: app.strapi, now: clock.now, retryDelayMs: 1 });
  await until('the lease is free', () =>
    withLease(app.strapi, clock, 'events', 30_000, async () => {
      await write();
      await until('all were told', async () => {
        await soon.run(AbortSignal.timeout(10_000));
        return (await left()) === 0;
      });
    }),
  );
}
const left = () => app.strapi.db.query(EVENT).count();

it('tells of a cutout that is ready, and of a file that gets none, with an id and what the document says', async () => {
  const hook = await webhook();
  const heard: unknown[] = [];
  const off = app.strapi.eventHub.on('cutout.ready', async (payload: unknown) => void heard.push(payload));
  const { id } = await upload(session, { name: 'disc.jpg', bytes: await disc(1), type: 'image/jpeg' });
  const broken = await upload(session, { name: 'no.png', bytes: 'no picture', type: 'image/png' });
  await idle(app);
  await until('both were told', async () => hook.of(id).length > 0 && hook.of(broken.id).length > 0);
  await until('nothing is left', async () => (await left()) === 0);
  off();
  await hook.remove();

  const [ready] = hook.of(id);
  expect(hook.of(id)).toHaveLength(1);
  expect(ready).toMatchObject({ event: 'cutout.ready', fileId: id, source: 'api', bulk: null });
  expect(heard).toMatchObject([{ id: ready!.id, fileId: id }]);
  for (const { event, createdAt: _, ...payload } of [ready!, hook.of(broken.id)[0]!]) {
    const schema = eventPayloads[event as EventName].extend(eventMark.shape).strict();
    expect(schema.safeParse(payload).error).toBeUndefined();
  }
});

it('tells nothing of what was rolled back', async () => {
  const undone = inTransaction(app.strapi, async () => {
    await add(900);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await app.strapi.db.query(EVENT).count({ where: { subject: 'asset:900' } })).toBe(0);
});

it('tells a receiver that fails again and keeps the order of an asset meanwhile', async () => {
  const hook = await webhook((event, before) => (event.fileId === 7 && before < 2 ? 500 : 200), ['cutout.failed']);
  await deliverAlone(async () => {
    for (const fileId of [7, 7, 8]) await add(fileId);
  });
  await hook.remove();
  const told = hook.of(7).map(({ id }) => id);
  const [first, second] = [...new Set(told)];
  expect(told).toEqual([first, first, first, second, second, second]);
  expect(hook.of(8)).toHaveLength(1);
});

it(`gives a receiver up for an event after ${MOST_TRIES} tries, with one line in the log`, async () => {
  const hook = await webhook(() => 503, ['cutout.failed']);
  await deliverAlone(() => add(20));
  await hook.remove();
  expect(new Set(hook.of(20).map(({ id }) => id)).size).toBe(1);
  expect(hook.of(20)).toHaveLength(MOST_TRIES);
  expect(app.logs.filter((line) => line.includes(`webhook ${hook.id} did not take it`))).toHaveLength(1);
});

it('lets a receiver that never answers keep nobody else waiting', async () => {
  const silent = await webhook(() => 'never', ['cutout.failed']);
  const quick = await webhook(undefined, ['cutout.failed']);
  for (let fileId = 30; fileId < 60; fileId += 1) await add(fileId);
  await until('the other one has all', () => quick.received.length === 30, 8000);
  expect(silent.received.length).toBeLessThan(30);
  await silent.remove();
  await quick.remove();
}, 30_000);
