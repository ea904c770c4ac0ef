import { z } from 'zod';
import { errorSpecs } from '../../errors';
import { reason } from '../../words';
import { errorResponse, fileView, jobView, pagination, picture, variant } from '../content/contracts';
import { rembgError } from '../rembg/contracts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What the document names; all else stands where it is used. */
const components: Record<string, z.ZodType> = {
  File: fileView,
  Job: jobView,
  Picture: picture,
  Variant: variant,
  Reason: reason,
  Pagination: pagination,
  Error: errorResponse,
  RembgError: rembgError,
};
const names = new Map<unknown, string>(Object.entries(components).map(([name, schema]) => [schema, name]));

export const componentRef = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** @param io `input` for what a caller sends, `output` for what the server answers */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const name = names.get(schema);
  return name !== undefined && io === 'output' ? componentRef(name) : describe(schema, io);
}

export function componentSchemas(): Record<string, JsonSchema> {
  const schemas = Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [name, describe(schema, 'output')]),
  );
  // Not an enumeration: a job may be older than the codes of today.
  Object.assign(schemas.Reason?.properties?.code ?? {}, { examples: Object.keys(errorSpecs) });
  return schemas;
}

function describe(root: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(root, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      const name = names.get(zodSchema);
      if (name !== undefined && name !== names.get(root)) replace(jsonSchema, componentRef(name));
      // Zod tells the limits of JavaScript's integers, which are no limits of the API.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // Of a file; readers of the document take it for a text that is encoded so.
      if (jsonSchema.contentEncoding === 'binary') delete jsonSchema.contentEncoding;
    },
  });
  return json;
}

function replace(schema: JsonSchema, by: JsonSchema): void {
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, by);
}
