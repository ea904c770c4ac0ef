import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { CutoutError, messageOf, type FieldIssue } from '../../errors';
import { under } from './address';
import type { Caller } from './caller';
import { BadAnswerError, type RemoteError } from './errors';
import { AnswerError, type ExchangeResponse } from './exchange';

/**
 * `GET /api/membership-usage`, see the documents' "Membership and credit usage". The service mixes two naming styles;
 * both are kept, and fields it adds later are kept too.
 */

const credits = z.number();
const unixSeconds = z.int().nonnegative();

export const billingPeriodSchema = z.looseObject({
  periodStartUnix: unixSeconds,
  periodEndUnix: unixSeconds,
  /** Credits used in the web editor. */
  appUsage: credits,
  /** Credits used by API key. */
  apiUsage: credits,
});

export const billingCycleSchema = billingPeriodSchema.extend({
  includedCredits: credits,
  prepaidCredits: credits,
  /** Application and API; prepaid use is not in it. */
  usedIncludedCredits: credits,
  remainingIncludedCredits: credits,
  /** `false`: the window is the UTC calendar month instead of the subscription's. */
  stripeBillingSynced: z.boolean(),
});

export const membershipSchema = z.looseObject({
  membership: z.string(),
  /** Credits of the plan per window. */
  credits,
  prepaidCredits: credits,
  /** Of the calendar month asked for, or of the cycle when `periodStartUnix` was given. */
  app_usage: credits,
  api_usage: credits,
  billingCycle: billingCycleSchema.optional(),
});

export const billingCyclesSchema = z.looseObject({ billingCycles: z.array(billingPeriodSchema) });

export type BillingPeriod = z.output<typeof billingPeriodSchema>;
export type BillingCycle = z.output<typeof billingCycleSchema>;
export type Membership = z.output<typeof membershipSchema>;
export type BillingCycles = z.output<typeof billingCyclesSchema>;

const listMode = z.strictObject({ listBillingCycles: z.literal(true) });
const flags = {
  /** Add `billingCycle`. The two parameters mean the same. */
  expand: z.array(z.literal('billing_cycle')).optional(),
  includeBillingCycle: z.boolean().optional(),
};
const periodMode = z.strictObject({ periodStartUnix: z.int().positive(), ...flags });
const monthMode = z.strictObject({
  year: z.int().min(1).max(9999).optional(),
  month: z.int().min(1).max(12).optional(),
  ...flags,
});

export type MembershipQuery = z.input<typeof monthMode> | z.input<typeof periodMode>;
export type CycleListQuery = z.input<typeof listMode>;

const exclusive: [string, string[]][] = [
  ['listBillingCycles', ['year', 'month', 'periodStartUnix', 'expand', 'includeBillingCycle']],
  ['periodStartUnix', ['year', 'month']],
];

/**
 * The query string of a membership question.
 * @throws CutoutError `options.invalid` for parameters that exclude each other or are out of range; nothing is sent.
 */
export function membershipParams(query: MembershipQuery | CycleListQuery): URLSearchParams {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  for (const [name, others] of exclusive) {
    const clash = name in given ? others.filter((other) => other in given) : [];
    if (clash.length > 0) {
      throw invalid(clash.map((field) => ({ field, message: `Expected no '${field}' together with '${name}'.` })));
    }
  }
  const mode = 'listBillingCycles' in given ? listMode : 'periodStartUnix' in given ? periodMode : monthMode;
  const parsed = mode.safeParse(given);
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, message }) => {
        const field = String(path[0] ?? 'query');
        return { field, message: `'${field}': ${message}, got: ${JSON.stringify(given[field])}` };
      }),
    );
  }
  const entries = Object.entries(parsed.data).filter(([, value]) => value !== false);
  const params = new URLSearchParams();
  for (const [name, value] of entries) params.set(name, value === true ? '1' : String(value));
  return params;
}

function invalid(details: FieldIssue[]): CutoutError {
  return new CutoutError('options.invalid', details.map(({ message }) => message).join(' '), { details });
}

export interface FreeCallOptions {
  signal?: AbortSignal | undefined;
  /** Limit of the whole call with its retries, milliseconds; 5000 when left out. */
  totalMs?: number | undefined;
}

/** Pages and uploads wait for these answers: a silent account host must not hold them up. */
const defaultFreeMs = 5_000;

/** Asks the account service; costs nothing. */
export async function membershipUsage(
  caller: Caller,
  dispatcher: Dispatcher,
  accountUrl: URL,
  query: MembershipQuery | CycleListQuery,
  options: FreeCallOptions & { retries?: number } = {},
): Promise<Membership | BillingCycles> {
  const url = under(accountUrl, '/api/membership-usage');
  url.search = membershipParams(query).toString();
  const schema: z.ZodType<Membership | BillingCycles> =
    'listBillingCycles' in query ? billingCyclesSchema : membershipSchema;
  return caller.call({
    ...options,
    totalMs: options.totalMs ?? defaultFreeMs,
    dispatcher,
    paid: false,
    request: () => ({ method: 'GET', url }),
    receive: (response) => read(response, schema, caller.clean),
  });
}

const mostBytes = 4 * 1024 * 1024;

async function read<T>(response: ExchangeResponse, schema: z.ZodType<T>, clean: (text: string) => string): Promise<T> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > mostBytes) throw bad(`more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    // What a parser quotes came from outside; it could be the key. So no cause either.
    throw bad(clean(error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)));
  }
}

function bad(what: string): AnswerError<RemoteError> {
  const message = `The Rembg account service gave an answer that its documents do not describe: ${what}`;
  return new AnswerError(new BadAnswerError(message, { remoteStatus: 200 }));
}

/**
 * Credits that can still be spent: what remains of the plan in the window that the image API enforces, and the prepaid
 * ones. Without `billingCycle`, `membership` must be of the current calendar month.
 */
export function spendable({
  billingCycle,
  credits: included,
  prepaidCredits,
  app_usage,
  api_usage,
}: Membership): number {
  if (billingCycle) return billingCycle.remainingIncludedCredits + billingCycle.prepaidCredits;
  return Math.max(0, included - app_usage - api_usage) + prepaidCredits;
}
