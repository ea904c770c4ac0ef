import type { rembg as publishedRembg } from '@remove-background-ai/rembg.js';
import type { AxiosProgressEvent } from 'axios';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as entry from '../../../server/src/engines/remote/rembg';
import type { RembgClient, RembgParams } from '../../../server/src/engines/remote/rembg';
import { packageRoot } from '../../../server/src/package-root';
import { startRembgServer } from '../../rembg-server/server';

/** What `strapi-plugin-cutout/rembg` offers, as docs/rembg.md shows it. */

/** Checked by the compiler: parameters and listeners of the published client fit as they are. */
type Theirs = Parameters<typeof publishedRembg>[0];
const listener = (event: AxiosProgressEvent) => void event.lengthComputable;
const fits = (params: Theirs): RembgParams => params;
const params: RembgParams = fits({
  apiKey: 'key',
  inputImage: 'photo.jpg',
  options: { w: 0, h: 0, format: 'PNG' },
  onUploadProgress: listener,
  onDownloadProgress: listener,
});

it('takes what the published client takes, listeners of axios included', () => {
  expect(params.onUploadProgress).toBe(listener);
});

it('offers the client, the errors and what can be spent', async () => {
  const { createRembgClient, MonthlyLimitError, RemoteError, spendable, circuitStateSchema } = entry;
  const server = await startRembgServer();
  const address = { apiUrl: server.apiUrl, accountUrl: server.accountUrl };
  const client: RembgClient = createRembgClient({ apiKey: server.keys.empty, ...address });
  try {
    const error: unknown = await client
      .removeBackground({ path: Buffer.from('any') })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MonthlyLimitError);
    expect(error).toBeInstanceOf(RemoteError);
    expect(spendable(await client.membership({ expand: ['billing_cycle'] }))).toBe(0);
    expect(circuitStateSchema.parse(client.circuit.state())).toMatchObject({ kind: 'open' });
  } finally {
    await client.close();
    await server.stop();
  }
});

it('offers every name that the documents import from it', () => {
  const text = readFileSync(join(packageRoot(__dirname), 'docs', 'rembg.md'), 'utf8');
  const imports = [...text.matchAll(/import \{([^}]+)\} from 'strapi-plugin-cutout\/rembg'/g)];
  const names = imports.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  expect(names).toEqual(expect.arrayContaining(['rembg', 'createRembgClient', 'spendable', 'RemoteError']));
  for (const name of names.filter((each) => !each.startsWith('type '))) expect(entry).toHaveProperty(name);
});
