import { Pool } from 'undici';

/**
 * The load of `npm run bench:render`, in a process of its own: asks for one address again and again over so many
 * connections, `<origin> <path> <connections> <seconds> [<header> <value>]`, and prints what came of it as one line of JSON.
 */
export interface Load {
  perSecond: number;
  statuses: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
  bytes: number;
}

const [origin = '', path = '', connections = '', seconds = '', header, value] = process.argv.slice(2);

async function main(): Promise<void> {
  const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 });
  const headers = header && value ? { [header]: value } : {};
  const statuses: Record<string, number> = {};
  const took: number[] = [];
  let bytes = 0;
  const started = performance.now();
  const end = started + Number(seconds) * 1000;
  const ask = async (): Promise<void> => {
    while (performance.now() < end) {
      const at = performance.now();
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
      bytes = (await body.arrayBuffer()).byteLength;
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
      took.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: Number(connections) }, ask));
  const ms = performance.now() - started;
  took.sort((a, b) => a - b);
  const share = (part: number): number => took[Math.floor(part * (took.length - 1))] ?? 0;
  const load: Load = { perSecond: (took.length / ms) * 1000, statuses, p50Ms: share(0.5), p99Ms: share(0.99), bytes };
  process.stdout.write(`${JSON.stringify(load)}\n`);
  await pool.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
