import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { z } from 'zod';
import type { CutoutApp } from '../app';
import { JUMP_MS } from '../clock';
import { LOCK, type LockRow } from '../tables/locks';
import { type EngineName, engineName } from '../words';

/** What a process that takes jobs tells the others of itself, in a row of `cutout_locks` that it renews. */
export interface Presence {
  /** Tells that this process is there and what it can do, and learns the same of the others. */
  beat(): Promise<void>;
  leave(): Promise<void>;
}

export const BEAT_MS = 5000;
const ALIVE_MS = 20_000;
const NAME = 'process:';
/** Weights that are hashed just now, or a folder that hangs, are judged by the next beat. */
const LOOK_MS = 3000;

const ability = z.object({ local: z.boolean(), remote: z.boolean() });
type Ability = z.output<typeof ability>;

/**
 * A machine without weights, or without a key, leaves the jobs that need them to those that have them. Where nobody has,
 * it takes them all the same, so that each says what it waits for.
 */
export function createPresence(strapi: Core.Strapi, app: CutoutApp): Presence {
  const { clock, localModel, engines, service, config } = app;
  const name = `${NAME}${randomUUID()}`;
  const rows = () => strapi.db.query(LOCK);
  const others = { $startsWith: NAME, $ne: name };

  const own = async (): Promise<Ability> => {
    await Promise.race([localModel.look(), sleep(LOOK_MS, undefined, { ref: false })]);
    return { local: engines.local.problem() === null, remote: service !== null };
  };

  const tell = async (note: object): Promise<void> => {
    const data = { until: new Date(clock.now() + ALIVE_MS), note };
    if ((await rows().updateMany({ where: { name }, data })).count === 0)
      await rows().create({ data: { name, ...data } });
  };

  return {
    async beat() {
      const mine = await own();
      await tell({ ...mine, role: config.role, host: hostname(), pid: process.pid });
      const now = clock.now();
      await rows().deleteMany({ where: { name: others, until: { $lt: new Date(now - ALIVE_MS) } } });
      // Later than anybody writes: from before the clock went back.
      const until = { $gte: new Date(now), $lte: new Date(now + ALIVE_MS + JUMP_MS) };
      const alive = (await rows().findMany({ where: { name: others, until } })) as LockRow[];
      const able = alive.flatMap(({ note }) => ability.safeParse(note).data ?? []);
      const taken = engineName.options.filter((engine) => takes(engine, mine, able));
      const changed = taken.join() !== app.takes.join();
      app.takes = taken;
      if (changed) app.queue.wake();
    },
    leave: async () => void (await rows().deleteMany({ where: { name } })),
  };
}

/** The engine `auto` is left to those that can do it locally: it must not cost a credit for want of weights. */
export function takes(engine: EngineName, mine: Ability, others: readonly Ability[]): boolean {
  const needs = engine === 'remote' ? 'remote' : 'local';
  return mine[needs] || !others.some((other) => other[needs]);
}
