import { Readable } from 'node:stream';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import type { LedgerRow } from '../../tables/ledger';
import { ledgerCsv } from '../../usage/export';
import { type Period, periodOf } from '../../usage/period';
import {
  rowId,
  type CallResponse,
  callsQuery,
  type CallsResponse,
  type CallView,
  settleRequest,
  type UsageQuery,
  usageQuery,
  type UsageResponse,
} from '../contracts';
import { closeAfter } from '../closing';
import { answering, jsonBody, parseInput } from '../respond';
import { periodQueryOf, reportUsage } from '../usage';
import { accessFiles } from './rights';

const params = z.object({ id: rowId });
/** Years of calls take seconds; who reads no further for so long has gone. */
const EXPORT_MS = 10 * 60_000;

/** Credits, billing cycles and paid calls; shapes in api/contracts.ts. */
export const usageController = ({ strapi }: { strapi: Core.Strapi }) => {
  const now = () => getApp(strapi).clock.now();

  const openPeriod = async (query: Pick<UsageQuery, 'periodStartUnix' | 'year' | 'month'>): Promise<Period> => {
    const { windows, service } = getApp(strapi);
    const told = (await service?.account.cycles(Infinity)) ?? null;
    return periodOf(periodQueryOf(query, now()), await windows.current(), told);
  };

  /** The names of files only for those who may see them. */
  const viewCalls = async (ctx: Context, rows: readonly LedgerRow[]): Promise<CallView[]> => {
    const ids = [...new Set(rows.map(({ fileId }) => fileId))];
    const files = ids.length === 0 ? new Map<number, never>() : await accessFiles(strapi, ctx, ids);
    return rows.map((row) => {
      const access = files.get(row.fileId);
      return viewOf(row, access?.can('read') ? access.file.name : null);
    });
  };

  return {
    find: answering(async (ctx) => {
      const query = parseInput(usageQuery, ctx.query, 'query');
      const question = { period: periodQueryOf(query, now()), ask: query.ask };
      ctx.body = { data: await reportUsage(getApp(strapi), now(), question) } satisfies UsageResponse;
    }),

    calls: answering(async (ctx) => {
      const { outcome, page, pageSize, ...query } = parseInput(callsQuery, ctx.query, 'query');
      const { paidCalls } = getApp(strapi);
      const range = { page, pageSize };
      const { rows, total } =
        outcome === 'unknown' ? await paidCalls.unknown(range) : await paidCalls.newest(await openPeriod(query), range);
      const data = await viewCalls(ctx, rows);
      ctx.body = { data, meta: { ...range, total } } satisfies CallsResponse;
    }),

    export: answering(async (ctx) => {
      const period = await openPeriod(parseInput(usageQuery, ctx.query, 'query'));
      ctx.set('content-type', 'text/csv; charset=utf-8');
      ctx.set('cache-control', 'no-store');
      ctx.attachment(`cutout-${new Date(period.startsAt).toISOString().slice(0, 10)}.csv`);
      ctx.body = Readable.from(ledgerCsv(strapi, period));
      closeAfter(ctx, EXPORT_MS);
    }),

    settle: answering(async (ctx) => {
      const { id } = parseInput(params, ctx.params, 'id');
      const { charged } = parseInput(settleRequest, jsonBody(ctx), 'body');
      const row = await getApp(strapi).settleCall(id, { charged, by: nameOf(ctx.state.user as Person) });
      const [view] = await viewCalls(ctx, [row]);
      ctx.body = { data: view! } satisfies CallResponse;
    }),
  };
};

interface Person {
  id: number;
  firstname?: string | null;
  lastname?: string | null;
}

/** As the trail keeps it: names change, the number stays. */
const nameOf = ({ id, firstname, lastname }: Person): string =>
  `${[firstname, lastname].filter(Boolean).join(' ').slice(0, 200)} (${id})`.trim();

function viewOf(row: LedgerRow, fileName: string | null): CallView {
  const { id, credits, reason, source, fileId, settledBy, settledAt } = row;
  const outcome = row.outcome === 'held' ? 'reserved' : row.outcome;
  return {
    ...{ id, outcome, credits, reason, source, fileId, fileName, settledBy },
    startedAt: iso(row.createdAt),
    endedAt: iso(row.updatedAt),
    settledAt: settledAt === null ? null : iso(settledAt),
  };
}

const iso = (time: Date | string | number) => new Date(time).toISOString();
