import { createConfig, lintFromString } from '@redocly/openapi-core';
import plugin from '../../../server/src';
import { endpoints } from '../../../server/src/api/endpoints';
import { errorSpecs } from '../../../server/src/errors';
import { rows } from '../../rembg-server/rows';
import { routesOf } from '../../fuzz/api/operations';
import { documentOf, validatorOf } from '../../support/openapi';

const everything = { rembgApi: { enabled: true }, openapi: { enabled: true, reference: true } };
const document = documentOf(everything);

const addressed = (method: string, path: string) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`;
const told = (config: object) => routesOf(documentOf(config)).map(({ method, path }) => addressed(method, path));

it('has no fault that a linter finds', async () => {
  // What is open and takes nothing cannot be refused.
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

it('tells of every route that Strapi is given', () => {
  const given = plugin.routes['content-api'].routes.map(({ method, path }) => addressed(method, `/api/cutout${path}`));
  expect(told(everything).sort()).toEqual([...given].sort());
  expect(given.length).toBe(endpoints.length);
});

it('tells of nothing that is switched off', () => {
  const less = told({ rembgApi: { enabled: false }, openapi: { reference: false } });
  expect(less).toContain('GET /api/cutout/openapi');
  expect(less.filter((route) => /rmbg|membership|reference/.test(route))).toEqual([]);
});

it('has the addresses of the app it is of', () => {
  const { paths, servers } = documentOf(
    {},
    { prefix: '/v1', serverUrl: 'https://cms.example.com/strapi' },
  ) as unknown as {
    paths: object;
    servers: { url: string }[];
  };
  expect(servers).toEqual([{ url: 'https://cms.example.com/strapi' }]);
  expect(Object.keys(paths).every((path) => path.startsWith('/v1/cutout/'))).toBe(true);
});

it('names nested queries as they stand in an address', () => {
  const { parameters = [] } = document.paths['/api/cutout/files']!.get!;
  expect(parameters.map(({ name }) => name)).toEqual([
    'pagination[page]',
    'pagination[pageSize]',
    'sort',
    'filters[status]',
    'filters[engine]',
    'filters[confidence][$lt]',
    'filters[confidence][$lte]',
    'filters[confidence][$gt]',
    'filters[confidence][$gte]',
    'filters[stale]',
  ]);
});

it('has an example for every answer and body in JSON, and each keeps to its schema', () => {
  const schemaAt = validatorOf(document);
  const checked: string[] = [];
  for (const { path, method, responses, requestBody } of routesOf(document)) {
    const at = ['paths', path, method.toLowerCase()];
    const places = Object.entries(responses).map(([status, { content }]) => ({
      content,
      at: [...at, 'responses', status],
    }));
    if (requestBody) places.push({ content: requestBody.content, at: [...at, 'requestBody'] });
    for (const place of places) {
      for (const [type, { examples }] of Object.entries(place.content ?? {})) {
        if (type !== 'application/json') continue;
        const validate = schemaAt([...place.at, 'content', type, 'schema']);
        for (const [name, { value }] of Object.entries(examples ?? {})) {
          validate(value);
          expect({ at: place.at, name, errors: validate.errors ?? [] }).toEqual({ at: place.at, name, errors: [] });
          checked.push(name);
        }
        expect({ at: place.at, examples: Object.keys(examples ?? {}).length }).not.toMatchObject({ examples: 0 });
      }
    }
  }
  expect(checked.length).toBeGreaterThan(80);
});

it('shows the messages of the Rembg documents to the letter', () => {
  const { responses } = document.paths['/api/cutout/rmbg']!.post!;
  const shown = Object.values(responses).flatMap(({ content }) =>
    Object.values(content?.['application/json']?.examples ?? {}).map(({ value }) => (value as { error: string }).error),
  );
  // Strapi's tokens have no e-mail address, and nobody gets in without one.
  const { 'email-not-verified': _email, 'daily-limit': _daily, ...served } = rows;
  expect(shown).toEqual(expect.arrayContaining(Object.values(served).map(({ example }) => example)));
});

it('names every code that a reason may have', () => {
  const { code } = document.components.schemas.Reason!.properties!;
  expect(code).toMatchObject({ type: 'string', examples: Object.keys(errorSpecs) });
});

it('says which answers a route gives in which case', () => {
  const cancel = document.paths['/api/cutout/jobs/{id}/cancel']!.post!;
  expect(Object.keys(cancel.responses)).toEqual(['200', '400', '401', '403', '404', '409', '500']);
  expect(cancel.responses['404']!.content!['application/json']!.examples).toHaveProperty(['job.missing']);
});
