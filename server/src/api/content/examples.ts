import type { FileView, JobView } from './contracts';

/** What the OpenAPI document shows. */

const presets = ['default'];

export const exampleJob: JobView = {
  ...{ id: 12, fileId: 7, state: 'done', engine: 'local', presets, source: 'api' },
  ...{ reason: null, attempts: 1, progress: null, retryAt: null, durationMs: 930 },
  createdAt: '2026-03-02T10:15:00.000Z',
  startedAt: '2026-03-02T10:15:00.120Z',
  finishedAt: '2026-03-02T10:15:01.050Z',
};

export const queuedJob: JobView = {
  ...exampleJob,
  ...{ state: 'queued', attempts: 0, durationMs: null, startedAt: null, finishedAt: null },
};

export const exampleFile: FileView = {
  ...{ id: 7, documentId: 'q8x0c2v1m5n7b9k3j6h4g2f1', name: 'mug.jpg', url: '/uploads/mug_1f3c.jpg' },
  ...{ mime: 'image/jpeg', width: 1200, height: 900 },
  ...{ status: 'ready', reason: null, engine: 'local', model: 'isnet-int8', confidence: 0.98, review: false },
  box: { x: 210, y: 96, width: 780, height: 705 },
  stale: [],
  variants: [
    {
      ...{ preset: 'default', key: 'cutout', url: '/uploads/cutout_mug_1f3c_8d21.webp' },
      ...{ mime: 'image/webp', width: 1200, height: 900, size: 84.1 },
    },
  ],
  matte: { url: '/uploads/cutout_matte_mug_1f3c_77ab.png', mime: 'image/png', width: 1200, height: 900, size: 31.5 },
  job: exampleJob,
};

export const queuedFile: FileView = {
  ...exampleFile,
  ...{ status: 'queued', engine: null, model: null, confidence: null, box: null, variants: [], matte: null },
  job: queuedJob,
};

/** A list of one. */
export const pageOf = <T>(item: T) => ({
  data: [item],
  meta: { pagination: { page: 1, pageSize: 25, pageCount: 1, total: 1 } },
});
