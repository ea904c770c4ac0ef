import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { freePort } from '../../scripts/lib/port';

/** A way to a server that a test can cut: connections then end, and new ones are refused. */
export interface TcpProxy {
  port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
  stop(): Promise<void>;
}

/** @param onBytes told how many bytes the target has answered so far */
export async function startTcpProxy(
  target: { host: string; port: number },
  onBytes: (total: number) => void = () => undefined,
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let total = 0;
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    upstream.on('data', ({ length }: Buffer) => onBytes((total += length)));
    client.pipe(upstream).pipe(client);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // A port that is still free when the way is mended.
  await listen(await freePort());
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  return {
    port,
    cut,
    mend: () => listen(port),
    stop: async () => void (server.listening && (await cut())),
  };
}

/** A way to the server of an address, and that address through it. */
export async function startProxyTo(
  address: string,
  onBytes?: (total: number) => void,
): Promise<{ proxy: TcpProxy; address: string }> {
  const url = new URL(address);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) }, onBytes);
  url.host = `127.0.0.1:${proxy.port}`;
  return { proxy, address: url.href };
}
