import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { AggregatorRegistry } from 'prom-client';
import { getApp } from '../../app';
import { readCommon } from '../../metrics/common';
import { limited } from '../../limit';

/** Several scrapers, or an impatient one, cost the database no more than one. */
const KEPT_MS = 5000;
const ANSWER_MS = 10_000;

/** `GET /api/cutout/metrics` for an API token with the action `metrics.find`, as Prometheus sends one. */
export const metricsController = ({ strapi }: { strapi: Core.Strapi }) => {
  let kept: { text: Promise<string>; until: number } | null = null;

  const read = async (): Promise<string> => {
    const app = getApp(strapi);
    const windowStart = async () => (await app.windows.current()).startsAt;
    const common = await readCommon({ strapi, ledger: app.ledger, windowStart, now: app.clock.now });
    const processes = await app.processes();
    return AggregatorRegistry.aggregate([common, ...processes]).metrics();
  };

  return {
    async find(ctx: Context) {
      if (!kept || kept.until < performance.now()) {
        kept = { text: limited(ANSWER_MS, undefined, read), until: performance.now() + KEPT_MS };
        kept.text.catch(() => (kept = null));
      }
      ctx.body = await kept.text;
      ctx.type = 'text/plain; version=0.0.4; charset=utf-8';
    },
  };
};
