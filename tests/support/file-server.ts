import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ServedFile {
  bytes: Buffer;
  etag?: string | null;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server for downloads, with Range and If-Range, and faults that a test puts in front of the next answers. */
export async function startFileServer(files: Map<string, ServedFile> = new Map()) {
  const requests: { path: string; range: string | undefined; authorization: string | undefined }[] = [];
  const faults: Handler[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const { range, authorization } = request.headers;
    requests.push({ path, range, authorization });
    const fault = faults.shift();
    if (fault) return fault(request, response);
    serve(files.get(path), request, response);
  });
  const url = await listen(server);
  return {
    url,
    files,
    requests,
    /** The next answers are these, in order; then files are served again. */
    failNext: (...handlers: Handler[]) => void faults.push(...handlers),
    stop: () => stop(server),
  };
}

export type FileServer = Awaited<ReturnType<typeof startFileServer>>;

function serve(file: ServedFile | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (!file) {
    response.writeHead(404).end('no such file');
    return;
  }
  const { bytes, etag = '"v1"' } = file;
  const validators: Record<string, string> = etag === null ? {} : { etag };
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN);
  const fresh = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  if (!Number.isNaN(start) && fresh) {
    if (start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const rest = bytes.subarray(start);
    const contentRange = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { ...validators, 'content-length': rest.length, 'content-range': contentRange });
    response.end(rest);
    return;
  }
  response.writeHead(200, { ...validators, 'content-length': bytes.length });
  response.end(bytes);
}

/** Sends the first bytes of what was asked for, then cuts the connection. */
export const cutAfter =
  (bytes: Buffer, count: number, etag = '"v1"'): Handler =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(start);
    const contentRange = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start === 0 ? 200 : 206, {
      etag,
      'content-length': rest.length,
      ...(start === 0 ? {} : contentRange),
    });
    response.write(rest.subarray(0, count), () => setTimeout(() => response.destroy(), 250));
  };

export const answer =
  (status: number, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(status, headers).end('fault');

/** Resets the connection before any answer. */
export const reset: Handler = (request) => void request.socket.resetAndDestroy();

/** Never answers. */
export const hang: Handler = () => undefined;

/** An HTTP proxy (CONNECT) that counts its tunnels. */
export async function startProxy() {
  const tunnels: string[] = [];
  const server = createServer((_, response) => void response.writeHead(501).end());
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
  });
  const url = await listen(server);
  return { url, tunnels, stop: () => stop(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
