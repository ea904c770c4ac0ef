import type { Core } from '@strapi/strapi';
import { JOB } from '../tables/jobs';
import { engineName, priorities, priorityOf } from '../words';

const OPEN = ['queued', 'running', 'held'];

/**
 * Gives jobs that an older version of the plugin wrote what the claim goes by: a priority, and a turn that is no earlier
 * than they may run. Reads by index what is to be filled; two processes that do it at once write the same.
 */
export async function fillTurns(strapi: Core.Strapi, now: () => number): Promise<void> {
  const engine = { $in: engineName.options };
  const noPriority = { state: { $in: OPEN }, engine, priority: null };
  await strapi.db.query(JOB).updateMany({ where: noPriority, data: { priority: priorityOf('upload') } });
  const inRunAt = strapi.db.connection.ref('run_at');
  const known = () =>
    strapi.db.getConnection(strapi.db.metadata.get(JOB).tableName).whereIn('engine', engineName.options);
  await known()
    .whereIn('state', OPEN)
    .whereIn('priority', [...priorities])
    .whereNull('turn_at')
    .update({ turn_at: inRunAt });
  await known()
    .where({ state: 'queued' })
    .whereIn('priority', [...priorities])
    .where('run_at', '>', new Date(now()))
    .where('turn_at', '<', inRunAt)
    .update({ turn_at: inRunAt });
}
