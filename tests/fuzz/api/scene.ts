import { request, type Session } from '../../../scripts/lib/client';
import { picture } from '../../contract/rembg/pictures';
import { disc } from '../../support/quick-model';
import type { ApiDocument } from './operations';
import type { Known } from './requests';

/** Presets that the configuration of a fuzzed app has beside `default`. */
export const fuzzPresets = { card: { format: 'jpeg', bg_color: '#fff' }, thumb: { w: 40, sizes: [20] } };

/** What a fuzzed app's configuration must have: everything that the document can tell of, and no limit of calls. */
export const fuzzConfig = {
  presets: fuzzPresets,
  rembgApi: { enabled: true, perMinute: null },
  openapi: { enabled: true, reference: true },
  render: { mode: 'options' },
};

export const readDocument = ({ url }: Session): Promise<ApiDocument> =>
  request(url, 'GET', '/api/cutout/openapi') as Promise<ApiDocument>;

/** Fills an app with files and jobs to ask for. */
export async function setScene(session: Session): Promise<Known> {
  const { url, token: bearer } = session;
  const files: { id: number; documentId: string }[] = [];
  for (let seed = 1; seed <= 6; seed += 1) {
    const form = new FormData();
    form.set('files', new Blob([new Uint8Array(await disc(seed))], { type: 'image/jpeg' }), `disc-${seed}.jpg`);
    const [file] = (await request(url, 'POST', '/api/upload', { bearer, form })) as typeof files;
    files.push(file!);
  }
  for (const { id } of files.slice(0, 4)) {
    const json = { presets: ['default', 'card'], wait: 20 };
    await request(url, 'POST', `/api/cutout/files/${id}/process`, { bearer, json });
  }
  const { data: jobs } = (await request(url, 'GET', '/api/cutout/jobs', { bearer })) as { data: { id: number }[] };
  const png = await picture();
  return {
    token: bearer,
    fileIds: files.map(({ id }) => id),
    documentIds: files.map(({ documentId }) => documentId),
    jobIds: jobs.map(({ id }) => id),
    presets: ['default', ...Object.keys(fuzzPresets)],
    images: [
      { name: 'photo.png', bytes: png },
      { name: 'photo.JPG', bytes: await disc(7) },
      { name: 'photo.exe', bytes: png },
      { name: '../../photo.png', bytes: png.subarray(0, 40) },
      { name: 'empty.png', bytes: Buffer.alloc(0) },
      { name: 'text.webp', bytes: Buffer.from('no picture at all') },
    ],
  };
}
