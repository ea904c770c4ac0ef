import { z } from 'zod';
import { errorResponse, type ErrorResponse } from '../content/contracts';
import type { Endpoint } from '../endpoint';

/** What the reference page is made of, with the media type of each; scripts/reference.mjs puts them into `dist`. */
export const pageFiles = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'start.js': 'text/javascript',
} as const;

const fileParams = z.object({ file: z.enum(Object.keys(pageFiles) as (keyof typeof pageFiles)[]) });

const notFound: ErrorResponse = {
  data: null,
  error: { status: 404, name: 'NotFoundError', message: 'Not Found', details: {} },
};

export const openapiEndpoints: Endpoint[] = [
  {
    ...{ method: 'GET', path: '/openapi', handler: 'openapi.find', access: 'open', tag: 'Documents' },
    when: ({ openapi }) => openapi.enabled,
    summary: 'This document',
    answers: {
      200: {
        description: 'OpenAPI 3.1',
        schema: z.looseObject({ openapi: z.string() }),
        examples: { document: { openapi: '3.1.1' } },
      },
    },
  },
  {
    ...{ method: 'GET', path: '/reference', handler: 'openapi.page', access: 'open', tag: 'Documents' },
    when: ({ openapi }) => openapi.enabled && openapi.reference,
    summary: 'The page that shows it and tries it out',
    answers: { 200: { description: 'The page', type: 'text/html', schema: z.string() } },
  },
  {
    ...{ method: 'GET', path: '/reference/:file', handler: 'openapi.file', access: 'open', tag: 'Documents' },
    when: ({ openapi }) => openapi.enabled && openapi.reference,
    summary: 'What that page is made of',
    params: fileParams,
    answers: {
      200: { description: 'A script or a style sheet', type: 'text/*', schema: z.string(), headers: ['ETag'] },
      304: { description: 'As the caller has it', headers: ['ETag'] },
      404: { description: 'There is no such file', schema: errorResponse, examples: { 'not-found': notFound } },
    },
  },
];
