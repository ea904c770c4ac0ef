import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parseConfig } from '../../server/src/config';
import { endpoints } from '../../server/src/api/endpoints';
import { openapiDocument } from '../../server/src/api/openapi/document';
import type { ApiDocument } from '../fuzz/api/operations';

/** The document of an app with this configuration. */
export function documentOf(config: object, { serverUrl = '', prefix = '/api' } = {}): ApiDocument {
  const document = openapiDocument({ endpoints, config: parseConfig(config), version: '1.2.3', prefix, serverUrl });
  // As it is sent.
  return JSON.parse(JSON.stringify(document)) as ApiDocument;
}

/** Looks at values by the schemas of a document. @param at names and numbers from the document's root to a schema */
export function validatorOf(document: ApiDocument): (at: readonly string[]) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('binary', true);
  ajv.addSchema(document, 'document');
  return (at) => {
    const pointer = at.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const found = ajv.getSchema(`document#/${pointer}`);
    if (!found) throw new Error(`The document has no schema at ${at.join(' ')}.`);
    return found;
  };
}
