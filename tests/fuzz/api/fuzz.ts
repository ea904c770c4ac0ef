import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { validatorOf } from '../../support/openapi';
import { type ApiAnswer, judge } from './judge';
import { type ApiDocument, routesOf } from './operations';
import { type ApiRequest, type FormPart, type Known, requestsTo } from './requests';

/** Nothing takes longer, a picture on a busy machine among it. */
const ANSWER_MS = 60_000;

export interface ApiFinding {
  /** Of the request in its run. */
  number: number;
  what: string;
}

export interface ApiFuzzOptions {
  /** Where Strapi listens. */
  url: string;
  document: ApiDocument;
  known: Known;
  /** The same requests for the same seed. */
  seed: number;
  requests: number;
  /** Only this one of them. */
  only?: number | undefined;
  /** Called after each of so many equal parts. */
  parts?: number;
  afterPart?: (part: number) => Promise<void>;
}

export interface ApiFuzzResult {
  findings: ApiFinding[];
  /** Answers by status. */
  statuses: Map<number, number>;
  /** Requests by route. */
  routes: Map<string, number>;
}

/** Sends requests made from a document, one after another, and compares each answer with it. */
export async function fuzzApi(options: ApiFuzzOptions): Promise<ApiFuzzResult> {
  const { url, document, known, seed, requests, only, parts = 1, afterPart } = options;
  const schemaAt = validatorOf(document);
  const all = fc.sample(requestsTo(routesOf(document), known), { seed, numRuns: requests });
  // That took a while; connections which the server has closed meanwhile are noticed now and not by the first request.
  await sleep(200);
  const result: ApiFuzzResult = { findings: [], statuses: new Map(), routes: new Map() };
  for (const [number, request] of all.entries()) {
    if (only === undefined || only === number) {
      const answer = await send(url, request).catch((error: unknown) => error as Error);
      const what = answer instanceof Error ? `no answer: ${causeOf(answer)}` : judge(request, answer, schemaAt);
      if (what !== null) result.findings.push({ number, what: `${shown(request)}\n    ${what}` });
      if (!(answer instanceof Error)) count(result.statuses, answer.status);
      count(result.routes, `${request.route.method} ${request.route.path}`);
    }
    const part = ((number + 1) * parts) / all.length;
    if (Number.isInteger(part)) await afterPart?.(part);
  }
  return result;
}

async function send(base: string, { route, url, headers, body }: ApiRequest): Promise<ApiAnswer> {
  const response = await fetch(base + url, {
    method: route.method,
    // Strapi closes a connection that was quiet for 5 s, and may do so just as the next request takes it.
    headers: { ...headers, connection: 'close' },
    body: Array.isArray(body) ? formOf(body) : body,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  return { status: response.status, headers: response.headers, bytes: await bytesOf(response) };
}

/** Of a stream of events, which has no end, what comes first. */
async function bytesOf(response: Response): Promise<Buffer> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    return Buffer.from(await response.arrayBuffer());
  }
  const reader = response.body.getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  return Buffer.from(value);
}

function formOf(parts: FormPart[]): FormData {
  const form = new FormData();
  for (const { name, value, filename } of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), filename);
  }
  return form;
}

const count = <T>(counts: Map<T, number>, key: T): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const causeOf = ({ message, cause }: Error): string => `${message} ${cause instanceof Error ? cause.message : ''}`;

/** Without its key. */
function shown({ route, url, headers, body }: ApiRequest): string {
  const sent = Array.isArray(body)
    ? body.map(({ name, value, filename }) => `${name}=${filename ?? String(value).slice(0, 60)}`).join(' ')
    : (body ?? '').slice(0, 300);
  const type = headers['content-type'] ?? '';
  return `${route.method} ${url} [${Object.keys(headers).join(' ')}] ${type} ${sent}`.trim();
}
