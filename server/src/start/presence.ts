import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { z } from 'zod';
import type { CutoutApp } from '../app';
import type { ProcessMetrics } from '../metrics/work';
import { ALIVE_MS, findAlive, NODE_NAME } from '../nodes';
import { packageVersion } from '../package-root';
import { LOCK } from '../tables/locks';
import { type EngineName, engineName } from '../words';

/** What a process tells the others of itself, in a row of `cutout_locks` that it renews. */
export interface Presence {
  /** Tells that this process is there and what it can do, and learns the same of the others. */
  beat(): Promise<void>;
  leave(): Promise<void>;
}

export const BEAT_MS = 5000;
/** Weights that are hashed just now, or a folder that hangs, are judged by the next beat. */
const LOOK_MS = 3000;

const ability = z.object({ local: z.boolean(), remote: z.boolean() });
type Ability = z.output<typeof ability>;

/**
 * A machine without weights, or without a key, leaves the jobs that need them to those that have them. Where nobody has,
 * it takes them all the same, so that each says what it waits for.
 */
export function createPresence(strapi: Core.Strapi, app: CutoutApp): Presence {
  const { clock, localModel, engines, config } = app;
  const name = `${NODE_NAME}${randomUUID()}`;
  const rows = () => strapi.db.query(LOCK);
  const others = { $startsWith: NODE_NAME, $ne: name };

  const own = async (): Promise<Ability> => {
    if (config.role === 'web') return { local: false, remote: false };
    await Promise.race([localModel.look(), sleep(LOOK_MS, undefined, { ref: false })]);
    return { local: engines.local.problem() === null, remote: app.service !== null };
  };

  const tell = async (note: object): Promise<void> => {
    const data = { until: new Date(clock.now() + ALIVE_MS), note };
    if ((await rows().updateMany({ where: { name }, data })).count === 0)
      await rows().create({ data: { name, ...data } });
  };

  return {
    async beat() {
      const mine = await own();
      const self = { role: config.role, host: hostname(), pid: process.pid, version: packageVersion() };
      // A process that takes no jobs has done none.
      await tell({ ...mine, ...self, ...(config.role === 'web' ? {} : { metrics: await app.metrics.read() }) });
      await rows().deleteMany({ where: { name: others, until: { $lt: new Date(clock.now() - ALIVE_MS) } } });
      const alive = await findAlive(strapi, clock.now(), name);
      const able = alive.flatMap(({ note }) => ability.safeParse(note).data ?? []);
      const taken = engineName.options.filter((engine) => takes(engine, mine, able));
      const changed = taken.join() !== app.takes.join();
      app.takes = taken;
      if (changed) app.queue.wake();
    },
    leave: async () => void (await rows().deleteMany({ where: { name } })),
  };
}

const told = z.object({ metrics: z.array(z.custom<ProcessMetrics[number]>((value) => typeof value === 'object')) });

/** What all processes that live told of their work, at most a beat ago. */
export async function processMetrics(strapi: Core.Strapi, now: number): Promise<ProcessMetrics[]> {
  const alive = await findAlive(strapi, now);
  return alive.flatMap(({ note }) => {
    const parsed = told.safeParse(note);
    return parsed.success ? [parsed.data.metrics] : [];
  });
}

/** The engine `auto` is left to those that can do it locally: it must not cost a credit for want of weights. */
export function takes(engine: EngineName, mine: Ability, others: readonly Ability[]): boolean {
  const needs = engine === 'remote' ? 'remote' : 'local';
  return mine[needs] || !others.some((other) => other[needs]);
}
