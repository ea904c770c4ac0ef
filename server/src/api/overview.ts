import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import { variantKey } from '../assets/keys';
import { JOB, type JobRow } from '../tables/jobs';
import { spendableCredits } from '../usage/spendable';
import type { OverviewResponse } from './contracts';
import { accountProblem } from './usage';

/** So long it may take to look at the model and to ask the account. */
const LOOK_MS = 2000;

/**
 * What forms and panels need to know of presets and engines.
 * @param seesCredits whether the person who asks may see credits
 */
export async function readOverview(strapi: Core.Strapi, seesCredits: boolean): Promise<OverviewResponse['data']> {
  const app = getApp(strapi);
  const { config, engines, service, localModel } = app;
  const tooLate = sleep(LOOK_MS, null, { ref: false });
  // Weights that are hashed just now, and an account that is silent, do not keep the answer; the next one tells.
  const asked = seesCredits && service ? spendableCredits(config.remote.budget, app).catch(() => null) : null;
  const [spendable, typicalMs] = await Promise.all([
    Promise.race([asked, tooLate]),
    localDuration(strapi),
    Promise.race([localModel.look(), tooLate]),
  ]);
  return {
    presets: Object.keys(config.presets).map((name) => ({ name, key: variantKey(name) })),
    engines: {
      local: { model: config.local.model, effort: config.local.effort, problem: engines.local.problem(), typicalMs },
      remote: service
        ? { configured: true, problem: accountProblem(service), spendable }
        : { configured: false, problem: engines.remote.problem(), spendable: null },
    },
  };
}

/** Jobs that are looked at for what a picture takes here. */
const RECENT = 30;

/** Milliseconds of the median of the last jobs that ran the model; null where there are none. */
async function localDuration(strapi: Core.Strapi): Promise<number | null> {
  const recent = { where: { state: 'done' }, orderBy: { id: 'desc' }, limit: RECENT } as const;
  const jobs = (await strapi.db.query(JOB).findMany({ select: ['timings'], ...recent })) as Pick<JobRow, 'timings'>[];
  const durations = jobs
    .flatMap(({ timings }) => (timings?.run && timings.total ? timings.total : []))
    .sort((a, b) => a - b);
  return durations[Math.floor(durations.length / 2)] ?? null;
}
