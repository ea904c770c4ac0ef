import type { Config } from '../../config/schema';
import type { Answer, Body, Endpoint, HeaderName } from '../endpoint';
import { pathParameters, queryParameters } from './parameters';
import { refusalsOf } from './refusals';
import { componentSchemas, type JsonSchema, jsonSchemaOf } from './schemas';

export interface DocumentOptions {
  endpoints: readonly Endpoint[];
  config: Config;
  /** The plugin's. */
  version: string;
  /** Where the content API begins: `/api`. */
  prefix: string;
  /** Strapi's own address, or none where it is not told. */
  serverUrl: string;
}

/** What is read of it here; all of it is OpenAPI 3.1. */
export interface OpenapiDocument {
  openapi: string;
  info: { title: string; version: string; summary: string; description: string; license: object };
  servers: { url: string }[];
  tags: { name: string }[];
  security: object[];
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: object; headers: object };
}

/** OpenAPI 3.1 of what this configuration serves. */
export function openapiDocument(options: DocumentOptions): OpenapiDocument {
  const { endpoints, config, version, prefix, serverUrl } = options;
  const served = endpoints.filter(({ when }) => when?.(config) ?? true);
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of served) {
    const path = `${prefix}/cutout${endpoint.path.replace(/:(\w+)/g, '{$1}')}`;
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint);
  }
  const used = new Set<string>(served.map(({ tag }) => tag));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cutout',
      version,
      summary: 'Cutouts of the pictures in a Strapi media library',
      description: prose(prefix),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl || '/' }],
    tags: tags.filter(({ name }) => used.has(name)),
    security: [{ token: [] }],
    paths,
    components: { schemas: componentSchemas(), securitySchemes, headers },
  };
}

function operation(endpoint: Endpoint): object {
  const { handler, tag, summary, description, params, query, body, access, answers } = endpoint;
  const parameters = [...(params ? pathParameters(params) : []), ...(query ? queryParameters(query) : [])];
  const own = Object.entries(answers).map(([status, answer]) => [status, answered(answer)]);
  return {
    // A name that generated clients can have for a function: `filesFindOne`.
    operationId: handler.replace(/\.(\w)/, (_, letter: string) => letter.toUpperCase()),
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(access ? { security: access === 'key' ? [{ rembgKey: [] }] : [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: { ...refusalsOf(endpoint), ...(Object.fromEntries(own) as object) },
  };
}

const requestBody = ({ type = 'application/json', schema, examples, required = false }: Body): object => ({
  required,
  content: { [type]: { schema: jsonSchemaOf(schema, 'input'), ...shown(examples) } },
});

function answered({ description, type = 'application/json', schema, examples, headers: sent = [] }: Answer): object {
  const refs = sent.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return {
    description,
    ...(sent.length > 0 ? { headers: Object.fromEntries(refs) as object } : {}),
    ...(schema ? { content: { [type]: { schema: jsonSchemaOf(schema, 'output'), ...shown(examples) } } } : {}),
  };
}

function shown(examples: Readonly<Record<string, unknown>> | undefined): object {
  if (!examples) return {};
  return { examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])) };
}

const text = { type: 'string' };
const headers = {
  'Retry-After': { description: 'Seconds until it is worth coming back', schema: { type: 'integer', minimum: 1 } },
  Location: { description: "The file's address; signed where the upload provider is private", schema: text },
  'Cache-Control': { description: 'How long the answer may be kept', schema: text },
  ETag: { description: 'Changes with the bytes', schema: text },
} satisfies Record<HeaderName, object>;

const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token of Strapi (Settings → API Tokens), or the token of a user',
  },
  rembgKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: "An API token of Strapi as Rembg's key" },
};

const tags = [
  { name: 'Files', description: 'Pictures of the media library and their cutouts' },
  { name: 'Jobs', description: 'What was asked and what became of it' },
  { name: 'Rembg', description: "This Strapi as a service with Rembg's API" },
  { name: 'Metrics', description: 'Figures for Prometheus' },
  { name: 'Documents', description: 'This document' },
];

const prose = (prefix: string): string =>
  `
What sites and other programs use. Every address but those of the Rembg API needs a permission of Strapi's: that of an API
token, or of a role of Users & Permissions, the public one among them. Read-only tokens may read.

An upload can ask for cutouts by itself: the multipart field \`cutout\` of Strapi's own \`POST ${prefix}/upload\` takes \`true\`,
\`false\` for none, or names of presets with commas between; \`local\`, \`remote\` or \`auto\` among them names the engine.

A refusal is in Strapi's form, with a code in \`details.code\`; those of the Rembg API are in Rembg's.
`.trim();
