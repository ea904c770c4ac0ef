import type { z } from 'zod';
import { type JsonSchema, jsonSchemaOf } from './schemas';

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

export const pathParameters = (params: z.ZodObject): Parameter[] =>
  Object.entries(propertiesOf(jsonSchemaOf(params, 'input'))).map(([name, schema]) => ({
    ...parameter(name, schema),
    in: 'path',
    required: true,
  }));

/** Strapi's nested queries one by one, by the names that stand in an address: `pagination[page]`. */
export function queryParameters(query: z.ZodObject): Parameter[] {
  const flat = (schema: JsonSchema, at: (key: string) => string): Parameter[] =>
    Object.entries(propertiesOf(schema)).flatMap(([key, inner]) =>
      inner.properties ? flat(inner, (below) => `${at(key)}[${below}]`) : [parameter(at(key), inner)],
    );
  return flat(jsonSchemaOf(query, 'input'), (key) => key);
}

const propertiesOf = ({ properties = {} }: JsonSchema) => properties as Record<string, JsonSchema>;

function parameter(name: string, { description, ...schema }: JsonSchema): Parameter {
  return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema };
}
