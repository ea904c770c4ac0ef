import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../server/src/package-root';
import { createPool } from '../../server/src/pool';
import { buildWorker } from '../support/worker';
import { luminanceMatte } from './matte';
import { modelMatte } from './model-matte';
import { startRembgServer, type RembgServer } from './server';

const usage = `npm run rembg-server -- [--port N] [--luminance] [--json]

Starts the Rembg service as its documents describe it, on this machine.
  --port N      any free port when left out
  --luminance   brightness as the matte instead of the model: no weights, no waiting
  --json        one line { apiUrl, accountUrl, apiKey } instead of the text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      luminance: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const port = Number(values.port ?? 0);
  if (values.help || !Number.isInteger(port) || port < 0 || port > 65535) {
    console.log(usage);
    process.exit(values.help ? 0 : 1);
  }
  const pool = createPool({ workers: 1, idleTimeoutMs: 60_000, workerFile: buildWorker('rembg-server') });
  const cacheDir = join(packageRoot(), '.cutout', 'models');
  const matte = values.luminance ? luminanceMatte : await modelMatte({ pool, cacheDir });
  const server = await startRembgServer({ port, matte, control: true });
  announce(server, values.json ?? false);

  const stop = () => void Promise.all([server.stop(), pool.destroy()]).then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

function announce({ url, apiUrl, accountUrl, keys }: RembgServer, json: boolean): void {
  const apiKey = keys.premium;
  if (json) return console.log(JSON.stringify({ apiUrl, accountUrl, apiKey }));
  console.log(`Rembg emulator at ${url}\nAPI key ${apiKey}\n`);
  console.log(`curl -H 'x-api-key: ${apiKey}' -F image=@photo.jpg ${apiUrl}/rmbg -o photo.webp`);
  console.log(`curl -H 'x-api-key: ${apiKey}' '${accountUrl}/api/membership-usage'`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
