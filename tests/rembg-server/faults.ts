import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorAnswer, problem, type RowName } from './rows';

/**
 * What can go wrong between a client and the service. "Free": the service never did the work. "Charged": it did, and the
 * answer is late, broken or lost.
 */
export type Fault =
  /** Waits before reading each piece of the request body. Charged as usual. */
  | { kind: 'slow-upload'; ms: number }
  /** Cuts the connection when the headers have arrived. Free. */
  | { kind: 'reset-before-body' }
  /** Cuts the connection when the body has arrived whole and the work is done. Charged. */
  | { kind: 'reset-after-body' }
  /** Does the work and keeps silent for `ms`, then answers. Charged. */
  | { kind: 'slow-answer'; ms: number }
  /** Sends the picture in drops, `ms` in all. Charged. */
  | { kind: 'slow-download'; ms: number }
  /** Sends half the picture: `reset` breaks the promised length, `clean` ends a chunked answer properly. Charged. */
  | { kind: 'truncated'; ending: 'reset' | 'clean' }
  /** A 5xx: as JSON of the service before its work (free), or as a gateway's HTML page after it (charged). */
  | { kind: 'server-error'; status: number; from: 'service' | 'gateway'; retryAfter?: string }
  /** Short-term 429. Free. */
  | { kind: 'rate-limit'; retryAfter?: string }
  /** Any row of the documents' error table. Free. */
  | { kind: 'row'; row: RowName; retryAfter?: string }
  /** Status 200 and an HTML page in the picture's place. Charged. */
  | { kind: 'html-page' }
  /** The right picture under `text/plain`. Charged. */
  | { kind: 'wrong-type' }
  /** A picture of another format than the one asked for. Charged. */
  | { kind: 'wrong-format' }
  /** Free. */
  | { kind: 'redirect'; to: string; status?: number };

export type FaultKind = Fault['kind'];

export const htmlPage = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>';

/** Ends the connection with a TCP reset, as a crashed peer would. */
export function reset(socket: Socket | null): void {
  socket?.resetAndDestroy();
}

/** Sends `body` whole with its length. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, body: object, retryAfter?: string): void {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  send(response, status, 'application/json', JSON.stringify(body), headers);
}

/** Answers that come before the work and cost nothing. Returns whether the request is dealt with. */
export function answeredFreely(fault: Fault | null, response: ServerResponse): boolean {
  switch (fault?.kind) {
    case 'redirect':
      send(response, fault.status ?? 307, 'text/plain', 'moved', { location: fault.to });
      return true;
    case 'rate-limit':
    case 'row': {
      const { status, body } = errorAnswer([problem(fault.kind === 'row' ? fault.row : 'rate-limit')]);
      sendJson(response, status, body, fault.retryAfter);
      return true;
    }
    case 'server-error':
      if (fault.from === 'gateway') return false;
      sendJson(response, fault.status, { error: 'Internal server error', status: fault.status }, fault.retryAfter);
      return true;
    default:
      return false;
  }
}

/** Sends a finished, charged picture, or what the fault makes of it. */
export async function deliver(
  fault: Fault | null,
  response: ServerResponse,
  picture: { bytes: Buffer; type: string; other: Buffer | null },
): Promise<void> {
  const { bytes, type } = picture;
  const half = bytes.subarray(0, bytes.length >> 1);
  switch (fault?.kind) {
    case 'reset-after-body':
      return reset(response.socket);
    case 'slow-answer':
      await sleep(fault.ms, undefined, { ref: false });
      return send(response, 200, type, bytes);
    case 'slow-download':
      return drip(response, type, bytes, fault.ms);
    case 'truncated':
      if (fault.ending === 'clean') {
        response.writeHead(200, { 'content-type': type });
        response.end(half);
        return;
      }
      response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
      response.write(half, () => setTimeout(() => response.destroy(), 5));
      return;
    case 'server-error':
      return send(response, fault.status, 'text/html', htmlPage);
    case 'html-page':
      return send(response, 200, 'text/html', htmlPage);
    case 'wrong-type':
      return send(response, 200, 'text/plain', bytes);
    case 'wrong-format':
      return send(response, 200, type, picture.other ?? bytes);
    default:
      return send(response, 200, type, bytes);
  }
}

const drops = 8;

async function drip(response: ServerResponse, type: string, bytes: Buffer, ms: number): Promise<void> {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  const size = Math.ceil(bytes.length / drops);
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await sleep(ms / drops, undefined, { ref: false });
  }
  response.end();
}

/** Beyond this the service could not hold an upload; what is left is read and thrown away. */
const mostBytes = 128 * 1024 * 1024;

/** Reads a request body; `null` when the client gave up before its end. */
export async function readBody(request: IncomingMessage, fault: Fault | null): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      if (fault?.kind === 'slow-upload') await sleep(fault.ms, undefined, { ref: false });
      length += piece.length;
      if (length <= mostBytes) pieces.push(piece);
    }
  } catch {
    return null;
  }
  return request.complete ? Buffer.concat(pieces) : null;
}
