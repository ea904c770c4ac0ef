import { z } from 'zod';
import type { Answer, Endpoint } from '../endpoint';
import {
  eventParams,
  fileListResponse,
  fileParam,
  fileQuery,
  fileResponse,
  jobListResponse,
  jobParams,
  jobQuery,
  jobResponse,
  presetParam,
  processRequest,
  retryRequest,
  variantQuery,
  variantUnderWay,
} from './contracts';
import { renderParams } from './render-query';
import { exampleFile, exampleJob, pageOf, queuedFile, queuedJob } from './examples';

const fileParams = z.object({ id: fileParam });
const variantParams = z.object({ id: fileParam, preset: presetParam });

const job = (description: string, data: typeof exampleJob): Answer => ({
  description,
  schema: jobResponse,
  examples: { job: { data } },
});

/** Reading actions are called `find` and `findOne`, which a read-only API token may do. */
export const contentEndpoints: Endpoint[] = [
  {
    ...{ method: 'GET', path: '/metrics', handler: 'metrics.find', tag: 'Metrics' },
    summary: 'Figures for Prometheus',
    answers: {
      200: {
        description: "Prometheus' text format",
        type: 'text/plain',
        schema: z.string(),
        examples: { text: '# TYPE cutout_jobs gauge\ncutout_jobs{state="queued"} 3\n' },
      },
    },
  },
  {
    ...{ method: 'GET', path: '/files', handler: 'files.find', tag: 'Files' },
    summary: 'Pictures of the media library, with how their cutouts stand',
    query: fileQuery,
    answers: {
      200: { description: 'A page of them', schema: fileListResponse, examples: { page: pageOf(exampleFile) } },
    },
    errors: ['options.invalid'],
  },
  {
    ...{ method: 'GET', path: '/files/:id', handler: 'files.findOne', tag: 'Files' },
    summary: 'A picture, with how its cutouts stand',
    params: fileParams,
    answers: { 200: { description: 'The file', schema: fileResponse, examples: { file: { data: exampleFile } } } },
    errors: ['options.invalid', 'asset.missing'],
  },
  {
    ...{ method: 'POST', path: '/files/:id/process', handler: 'files.process', tag: 'Files' },
    summary: "Asks for a picture's cutouts",
    description: 'Asking again for the same does nothing twice.',
    params: fileParams,
    body: { schema: processRequest, examples: { presets: { presets: ['default'], wait: 20 } } },
    answers: {
      200: {
        description: 'Nothing is under way any more, see `status`',
        schema: fileResponse,
        examples: { file: { data: exampleFile } },
      },
      202: {
        description: 'It is under way',
        schema: fileResponse,
        headers: ['Retry-After'],
        examples: { file: { data: queuedFile } },
      },
    },
    errors: ['options.invalid', 'asset.missing'],
  },
  {
    ...{ method: 'GET', path: '/files/:id/variants/:preset', handler: 'variants.findOne', tag: 'Files' },
    summary: "Leads to a variant's file",
    description: "A variant's own address changes with the picture; this one stays.",
    params: variantParams,
    query: variantQuery,
    answers: {
      302: { description: 'To the file', headers: ['Location', 'Cache-Control'] },
      202: {
        description: 'It is under way',
        schema: variantUnderWay,
        headers: ['Retry-After', 'Cache-Control'],
        examples: { queued: { data: { id: 7, preset: 'default', status: 'queued', reason: null, retryAt: null } } },
      },
    },
    errors: ['options.invalid', 'asset.missing', 'variant.missing', 'storage.unavailable'],
  },
  {
    ...{ method: 'DELETE', path: '/files/:id/variants/:preset', handler: 'variants.delete', tag: 'Files' },
    summary: 'Removes a variant that somebody asked for by itself',
    params: variantParams,
    answers: { 204: { description: 'It is gone' } },
    errors: ['options.invalid', 'asset.missing', 'variant.wanted'],
  },
  {
    ...{ method: 'GET', path: '/files/:id/render', handler: 'render.findOne', tag: 'Files' },
    when: ({ render }) => render.mode !== 'off',
    summary: 'A picture made of the stored matte when it is asked for',
    description:
      'Costs no run of the model and no credit. With the setting `render.mode: presets` only `preset` and `fallback` may be given.',
    params: fileParams,
    query: renderParams,
    answers: {
      200: {
        description: 'The picture',
        type: 'image/*',
        schema: z.file(),
        headers: ['ETag', 'Cache-Control'],
      },
      202: {
        description: 'Its matte is under way',
        schema: variantUnderWay,
        headers: ['Retry-After', 'Cache-Control'],
        examples: { queued: { data: { id: 7, preset: 'default', status: 'queued', reason: null, retryAt: null } } },
      },
      302: { description: 'To the original, with `fallback=original`', headers: ['Location', 'Cache-Control'] },
      304: { description: 'Nothing has changed', headers: ['ETag', 'Cache-Control'] },
    },
    errors: [
      ...([
        'options.invalid',
        'asset.missing',
        'variant.missing',
        'source.missing',
        'job.stale',
        'render.busy',
      ] as const),
      ...(['storage.unavailable', 'source.unreadable', 'matte.damaged', 'temp.unavailable', 'machine.short'] as const),
      ...(['worker.failed', 'worker.crashed', 'worker.timeout'] as const),
    ],
  },
  {
    ...{ method: 'GET', path: '/events', handler: 'events.find', tag: 'Jobs' },
    summary: 'What becomes of jobs, as it happens',
    description:
      'Server-sent events `job` and `progress`. After a break the header `Last-Event-ID` brings what was missed.',
    query: eventParams,
    answers: {
      200: {
        description: 'A stream that stays open',
        type: 'text/event-stream',
        schema: z.string(),
        headers: ['Cache-Control'],
        examples: { job: 'id: 1795312800000\nevent: job\ndata: {"id":12,"state":"running"}\n\n' },
      },
    },
    errors: ['options.invalid', 'stream.too-many', 'stream.full'],
  },
  {
    ...{ method: 'GET', path: '/jobs', handler: 'jobs.find', tag: 'Jobs' },
    summary: 'What was asked and what became of it, the newest first',
    query: jobQuery,
    answers: { 200: { description: 'A page', schema: jobListResponse, examples: { page: pageOf(exampleJob) } } },
    errors: ['options.invalid'],
  },
  {
    ...{ method: 'GET', path: '/jobs/:id', handler: 'jobs.findOne', tag: 'Jobs' },
    summary: 'A job',
    params: jobParams,
    answers: { 200: job('The job', exampleJob) },
    errors: ['options.invalid', 'job.missing'],
  },
  {
    ...{ method: 'POST', path: '/jobs/:id/cancel', handler: 'jobs.cancel', tag: 'Jobs' },
    summary: "Ends what is asked of the job's file and has not come to an end",
    params: jobParams,
    answers: { 200: job("The file's newest job", { ...queuedJob, state: 'cancelled' }) },
    errors: ['options.invalid', 'job.missing', 'job.state'],
  },
  {
    ...{ method: 'POST', path: '/jobs/:id/retry', handler: 'jobs.retry', tag: 'Jobs' },
    summary: "Asks again for what the job's file wants now",
    params: jobParams,
    body: { schema: retryRequest, examples: { again: {}, 'what is held': { force: true } } },
    answers: { 202: job("The file's newest job", queuedJob) },
    errors: ['options.invalid', 'job.missing', 'job.state'],
  },
];
