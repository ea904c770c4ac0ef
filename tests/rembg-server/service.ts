import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts, Caller } from './accounts';
import { makePicture, mediaTypes } from './cutout';
import { answeredFreely, deliver, readBody, reset, sendJson, type Fault } from './faults';
import type { Matte } from './matte';
import { membershipUsage } from './membership';
import { errorAnswer, problem, type Problem, type RowName } from './rows';
import { validate, type Wish } from './validate';

/** One request the server saw, without its key. */
export interface Call {
  endpoint: 'rmbg' | 'membership-usage' | 'unknown';
  /** Whether the request named a key; never the key itself. */
  keyed: boolean;
  /** Text fields of the form, or the query. */
  fields: Record<string, string>;
  /** Name, media type and bytes of the uploaded file. */
  upload: { name: string; type: string; bytes: number } | null;
  /** SHA-256 of the uploaded picture. */
  picture: string | null;
  fault: Fault['kind'] | null;
  /** Rows of the error table it was refused with. */
  rows: RowName[];
  charged: boolean;
  /** `open` until the answer went out whole; `lost` when the connection closed before. */
  answer: 'open' | 'sent' | 'lost';
}

/** What the account's host does: answers, answers 503, cuts connections, or keeps silent. */
export type AccountHost = 'up' | '503' | 'reset' | 'silent';

export interface ServiceParts {
  accounts: Accounts;
  matte: Matte;
  now: () => number;
  /** The fault that breaks the paid call now arriving. */
  nextFault: () => Fault | null;
  accountHost: () => AccountHost;
  /** Told of every request as it arrives; its fields fill in as they become known. */
  onCall: (call: Call) => void;
}

type Exchange = { call: Call; request: IncomingMessage; response: ServerResponse };

/** The two endpoints of the service as one request handler. */
export function createService(parts: ServiceParts) {
  const { accounts, matte, now, nextFault, accountHost, onCall } = parts;

  /** OPEN in the documents: where a user token travels; here it is a bearer token. */
  function identify({ headers, socket }: IncomingMessage): { caller: Caller } | { problem: Problem } {
    const key = headers['x-api-key'];
    if (key !== undefined && headers.authorization !== undefined) return { problem: problem('key-and-token') };
    if (key === undefined || key === '') return { caller: { address: socket.remoteAddress ?? 'unknown' } };
    const account = accounts.find(String(key));
    if (!account) return { problem: problem('invalid-key') };
    if (!account.plan.verified) return { problem: problem('email-not-verified') };
    return { caller: { account } };
  }

  /** OPEN in the documents: the order of checks. Key, limits, form; only a request that passes all of them costs. */
  async function removeBackground({ call, request, response }: Exchange): Promise<void> {
    const fault = nextFault();
    call.fault = fault?.kind ?? null;
    if (fault?.kind === 'reset-before-body') return reset(request.socket);
    const body = await readBody(request, fault);
    if (!body || answeredFreely(fault, response)) return;

    const who = identify(request);
    if ('problem' in who) return refuse(call, response, [who.problem]);
    const stopped = accounts.admit(who.caller);
    if (stopped) return refuse(call, response, [stopped]);
    const form = await parseForm(request, body);
    await note(call, form);
    const checked = await validate(form);
    if ('problems' in checked) return refuse(call, response, checked.problems);
    await deliver(fault, response, await paidWork(call, who.caller, checked.wish, fault));
  }

  async function paidWork(call: Call, caller: Caller, wish: Wish, fault: Fault | null) {
    const refund = accounts.charge(caller);
    call.charged = true;
    try {
      const bytes = await makePicture(wish, matte);
      const otherFormat = wish.format === 'jpeg' ? 'png' : 'jpeg';
      const other = fault?.kind === 'wrong-format' ? await makePicture({ ...wish, format: otherFormat }, matte) : null;
      return { bytes, type: mediaTypes[wish.format], other };
    } catch (error) {
      refund();
      call.charged = false;
      throw error;
    }
  }

  function membership({ call, request, response }: Exchange, query: URLSearchParams): void {
    call.fields = Object.fromEntries(query);
    const host = accountHost();
    if (host === 'silent') return;
    if (host === 'reset') return reset(request.socket);
    if (host === '503') return sendJson(response, 503, { error: 'Service unavailable', status: 503 });
    const who = identify(request);
    if ('problem' in who) return refuse(call, response, [who.problem]);
    if (!('account' in who.caller)) return refuse(call, response, [problem('invalid-key')]);
    const { status, body } = membershipUsage(who.caller.account, query, accounts, now());
    sendJson(response, status, body);
  }

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const asked = `${request.method} ${url.pathname}`;
    const endpoints = { 'POST /rmbg': 'rmbg', 'GET /api/membership-usage': 'membership-usage' } as const;
    const endpoint = asked in endpoints ? endpoints[asked as keyof typeof endpoints] : 'unknown';
    const keyed = request.headers['x-api-key'] !== undefined;
    const call: Call = {
      ...{ endpoint, keyed, fields: {}, upload: null, picture: null },
      ...{ fault: null, rows: [], charged: false, answer: 'open' },
    };
    response.once('close', () => (call.answer = response.writableFinished ? 'sent' : 'lost'));
    onCall(call);
    if (endpoint === 'rmbg') return removeBackground({ call, request, response });
    if (endpoint === 'membership-usage') return membership({ call, request, response }, url.searchParams);
    sendJson(response, 404, { error: 'Not found', status: 404 });
  };
}

function refuse(call: Call, response: ServerResponse, problems: Problem[]): void {
  call.rows = problems.map(({ row }) => row);
  const { status, body } = errorAnswer(problems);
  sendJson(response, status, body);
}

/** Node's own parser (undici, by the Fetch standard): strict, and none of the plugin's code. */
async function parseForm(request: IncomingMessage, body: Buffer): Promise<FormData> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return new FormData();
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

async function note(call: Call, form: FormData): Promise<void> {
  for (const [name, value] of form) {
    if (typeof value === 'string') call.fields[name] = value;
    else {
      call.upload = { name: value.name, type: value.type, bytes: value.size };
      call.picture = createHash('sha256')
        .update(new Uint8Array(await value.arrayBuffer()))
        .digest('hex');
    }
  }
}
