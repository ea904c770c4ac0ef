import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A storage in the network, in a process of its own: `PUT`, `GET` and `DELETE /files/<name>`, kept in memory. Started by
 * `tests/support/storage.ts`, which also switches its faults by `POST /__control/fault`.
 */

/** `POST` signs. */
export type StorageMethod = 'GET' | 'PUT' | 'DELETE' | 'POST';

export interface StorageFault {
  /** What it does instead: answers with a status, never answers, resets the connection, or answers late. */
  kind: 'status' | 'hang' | 'reset' | 'slow';
  /** Of `status`; 503 when left out. */
  status?: number;
  /** Of `slow`. */
  ms?: number;
  /** Which requests; all of them when left out. */
  methods?: StorageMethod[];
  /** Regular expression of the names it concerns; every file when left out. */
  names?: string;
  /** How many requests; all of them when left out. */
  times?: number;
}

export interface StorageState {
  /** Names of the files that are kept, in order. */
  files: string[];
  /** Requests so far, those that met a fault included. */
  requests: Record<StorageMethod, number>;
  /** Requests that met a fault. */
  faults: number;
  /** Requests that a `slow` fault holds back now. */
  held: number;
}

const files = new Map<string, Buffer>();
const requests: Record<StorageMethod, number> = { GET: 0, PUT: 0, DELETE: 0, POST: 0 };
let fault: StorageFault | null = null;
let faults = 0;
let held = 0;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function faultFor(method: string, name: string): StorageFault | null {
  if (!fault || fault.times === 0) return null;
  if (fault.methods && !fault.methods.includes(method as StorageMethod)) return null;
  if (fault.names && !new RegExp(fault.names).test(name)) return null;
  if (fault.times !== undefined) fault.times -= 1;
  faults += 1;
  return fault;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://loopback');
  const method = request.method ?? 'GET';
  if (pathname === '/__control/fault') {
    fault = JSON.parse((await bodyOf(request)).toString()) as StorageFault | null;
    return void response.end('{}');
  }
  if (pathname === '/__control/state') {
    const state: StorageState = { files: [...files.keys()].sort(), requests, faults, held };
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state));
  }
  const name = decodeURIComponent(pathname.replace(/^\/files\//, ''));
  if (method in requests) requests[method as StorageMethod] += 1;
  const met = faultFor(method, name);
  if (met?.kind === 'reset') return void request.socket.resetAndDestroy();
  if (met?.kind === 'hang') return;
  if (met?.kind === 'slow') {
    held += 1;
    await sleep(met.ms ?? 1000);
    held -= 1;
  }
  const body = await bodyOf(request);
  if (met?.kind === 'status') return void response.writeHead(met.status ?? 503).end('fault');
  answer(method, name, body, response);
}

function answer(method: string, name: string, body: Buffer, response: ServerResponse): void {
  if (method === 'PUT') {
    files.set(name, body);
    return void response.writeHead(201).end();
  }
  if (method === 'POST') return void response.end('{}');
  const file = files.get(name);
  if (!file) return void response.writeHead(404).end('no such file');
  if (method === 'DELETE') {
    files.delete(name);
    return void response.writeHead(204).end();
  }
  response.writeHead(200, { 'content-length': file.length }).end(file);
}

const server = createServer((request, response) => {
  // A client that breaks off mid-body is its own affair.
  serve(request, response).catch(() => response.destroy());
});
// Node ends idle connections after 5 s. A client on a busy machine may just then send its next request on one, and meets
// "other side closed": a failure that is no part of any fault here.
server.keepAliveTimeout = 10 * 60_000;
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});
