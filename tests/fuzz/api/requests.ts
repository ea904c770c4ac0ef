import fc from 'fast-check';
import type { Parameter, Route, Schema } from './operations';
import { fitting, nearly, oddText } from './values';

/** What there is in the Strapi that is asked. */
export interface Known {
  token: string;
  fileIds: number[];
  documentIds: string[];
  jobIds: number[];
  presets: string[];
  /** Files for forms, by name; the first two are pictures. */
  images: { name: string; bytes: Buffer }[];
}

export interface FormPart {
  name: string;
  value: string | Buffer;
  filename?: string;
}

export interface ApiRequest {
  route: Route;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body: string | FormPart[] | null;
  /** By the document nothing is wrong with it, so it is not refused with 400. */
  fits: boolean;
}

interface Part<T> {
  value: T;
  fits: boolean;
}
const good = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Part<T>> => of.map((value) => ({ value, fits: true }));
const bad = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Part<T>> => of.map((value) => ({ value, fits: false }));
const mostly = <T>(fine: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<Part<T>> =>
  fc.oneof({ weight: 4, arbitrary: good(fine) }, { weight: 1, arbitrary: bad(odd) });

/** Requests to every route of a document, fitting and not. */
export function requestsTo(routes: readonly Route[], known: Known): fc.Arbitrary<ApiRequest> {
  return fc.constantFrom(...routes).chain((route) =>
    fc
      .record({
        path: pathOf(route, known),
        query: queryOf(route),
        headers: credentials(route, known),
        sent: bodyOf(route, known),
      })
      .map(({ path, query, headers, sent }) => ({
        route,
        url: path.value + (query.value ? `?${query.value}` : ''),
        headers: { ...headers.value, ...sent.headers },
        body: sent.body,
        fits: path.fits && query.fits && headers.fits && sent.fits,
      })),
  );
}

/** Half a pair of surrogates cannot be sent. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** A slash in a value would be another address. */
const segment = (text: string): string => encodeURIComponent(wellFormed(text)).replace(/^\.{1,2}$/, '%2E');

function pathOf({ path, parameters = [] }: Route, known: Known): fc.Arbitrary<Part<string>> {
  const names = parameters.filter((each) => each.in === 'path');
  return fc.tuple(...names.map((parameter) => pathValue(parameter, path, known))).map((values) => ({
    value: names.reduce((at, { name }, index) => at.replace(`{${name}}`, segment(values[index]!.value)), path),
    fits: values.every(({ fits }) => fits),
  }));
}

function pathValue({ name, schema }: Parameter, path: string, known: Known): fc.Arbitrary<Part<string>> {
  const { fileIds, documentIds, jobIds, presets } = known;
  const ids = path.includes('/jobs/') ? jobIds : [...fileIds, ...documentIds];
  const there = name === 'id' ? ids : name === 'preset' ? presets : null;
  const fit = fitting(schema).map(String);
  return fc.oneof(
    { weight: 6, arbitrary: good(there ? fc.constantFrom(...there).map(String) : fit) },
    // A name that fits and is unknown may be refused or not found.
    { weight: 1, arbitrary: bad(fit.filter((text) => text !== '')) },
    { weight: 2, arbitrary: bad(oddText.filter((text) => text !== '')) },
  );
}

function queryOf({ operationId, parameters = [] }: Route): fc.Arbitrary<Part<string>> {
  const names = parameters.filter((each) => each.in === 'query');
  const one = (parameter: Parameter) =>
    mostly(fitting(parameter.schema), oddText).map(({ value, fits }) => ({ name: parameter.name, value, fits }));
  const known = names.length === 0 ? fc.constant([]) : fc.subarray(names).chain((some) => fc.tuple(...some.map(one)));
  const more = fc.tuple(oddText, oddText).map(([name, value]) => ({ name, value, fits: false }));
  const extra = fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(more) });
  return fc.tuple(known, extra).map(([some, others]) => {
    const all = [...some, ...others];
    const pairs = all.flatMap(({ name, value }) => [value].flat().map((each) => pair(name, String(each))));
    const given = all.map(({ name }) => name);
    const fits = all.every(({ fits }) => fits) && !contradicts(given) && !isToldInWords(operationId, given);
    return { value: pairs.join('&'), fits };
  });
}

const pair = (name: string, value: string): string =>
  `${encodeURIComponent(wellFormed(name)).replaceAll('%5B', '[').replaceAll('%5D', ']')}=${encodeURIComponent(wellFormed(value))}`;

/** What the document says in words alone. */
const contradicts = (names: string[]): boolean =>
  names.includes('periodStartUnix') && (names.includes('year') || names.includes('month'));

/** Colours, lengths and names that there are: the document has texts where only some will do. */
const isToldInWords = (operationId: string, names: string[]): boolean =>
  operationId === 'renderFindOne' && names.some((name) => name !== 'fallback');

function credentials({ security }: Route, { token }: Known): fc.Arbitrary<Part<Record<string, string>>> {
  if (security?.length === 0) return fc.constant({ value: {}, fits: true });
  const own: Record<string, string> = security ? { 'x-api-key': token } : { authorization: `Bearer ${token}` };
  const wrong: Record<string, string>[] = [
    {},
    { authorization: 'Bearer nobody' },
    { authorization: 'Basic eDp5' },
    { authorization: 'Bearer' },
    { 'x-api-key': 'nobody' },
    { 'x-api-key': token, authorization: `Bearer ${token}` },
  ];
  return fc.oneof(
    { weight: 12, arbitrary: good(fc.constant<Record<string, string>>(own)) },
    { weight: 1, arbitrary: bad(fc.constantFrom(...wrong)) },
  );
}

interface Sent {
  headers: Record<string, string>;
  body: ApiRequest['body'];
  fits: boolean;
}

function bodyOf({ method, requestBody }: Route, known: Known): fc.Arbitrary<Sent> {
  const none = { headers: {}, body: null };
  if (!requestBody) {
    const unasked = { headers: { 'content-type': 'application/json' }, body: '{"a":1}', fits: true };
    return method === 'POST'
      ? fc.constantFrom<Sent>({ ...none, fits: true }, unasked)
      : fc.constant({ ...none, fits: true });
  }
  const [[type, { schema }]] = Object.entries(requestBody.content) as [[string, { schema: Schema }]];
  const fine = type === 'application/json' ? jsonBody(schema, known) : formBody(schema, known);
  const types = [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'x',
    type,
  ];
  const broken = [
    '',
    '{',
    '[]',
    'null',
    '"',
    '{"presets":',
    'a=1&a[__proto__][b]=1',
    `{"presets":["${'x'.repeat(2e6)}"]}`,
  ];
  const wrong = fc.record({ type: fc.constantFrom(...types), body: fc.oneof(fc.constantFrom(...broken), oddText) });
  return fc.oneof(
    { weight: 6, arbitrary: fine },
    {
      weight: 1,
      arbitrary: wrong.map(({ type: said, body }) => ({
        headers: { 'content-type': said },
        body: wellFormed(body),
        fits: false,
      })),
    },
  );
}

function jsonBody(schema: Schema, { presets }: Known): fc.Arbitrary<Sent> {
  const json = (value: unknown, fits: boolean): Sent => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
    fits,
  });
  // Known presets, and waits that end soon.
  const fine = fc
    .tuple(fitting(schema), fc.subarray(presets, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([value, named, wait]) => {
      const body = value as Record<string, unknown>;
      return json({ ...body, ...('presets' in body && { presets: named }), ...('wait' in body && { wait }) }, true);
    });
  return fc.oneof(
    { weight: 3, arbitrary: fine },
    { weight: 1, arbitrary: nearly(schema).map((value) => json(value, false)) },
  );
}

const COLOURS = ['#fff', '#ff000080', 'red', 'rebeccapurple'];

function formBody(schema: Schema, { images }: Known): fc.Arbitrary<Sent> {
  const { image: _image, bg_color: color, ...others } = schema.properties ?? {};
  const field = (name: string, each: Schema): fc.Arbitrary<FormPart & { fits: boolean }> =>
    mostly(small(name, each), oddText).map(({ value, fits }) => ({ name, value: String(value), fits }));
  const fields = Object.entries(others).map(([name, each]) => field(name, each));
  const colour = mostly(fc.constantFrom(...COLOURS), oddText).map(({ value, fits }) => ({
    name: 'bg_color',
    value,
    fits,
  }));
  const chosen = fc.subarray(color ? [...fields, colour] : fields).chain((some) => fc.tuple(...some));
  const file = mostly(fc.constantFrom(...images.slice(0, 2)), fc.constantFrom(...images)).map(({ value, fits }) => ({
    name: 'image',
    value: value.bytes,
    filename: value.name,
    fits,
  }));
  const files = fc.oneof({ weight: 8, arbitrary: fc.tuple(file) }, { weight: 1, arbitrary: fc.constant([]) });
  return fc.tuple(chosen, files).map(([given, pictures]) => {
    const parts = [...given, ...pictures];
    const masked = parts.some(({ name, value }) => name === 'mask' && value === 'true');
    const coloured = parts.some(({ name }) => name === 'bg_color');
    const fits = pictures.length > 0 && parts.every((part) => part.fits) && !(masked && coloured);
    return { headers: {}, body: parts, fits };
  });
}

/** Sides that a test's machine makes in no time. */
const small = (name: string, schema: Schema): fc.Arbitrary<unknown> =>
  name === 'w' || name === 'h' ? fc.integer({ min: 1, max: 200 }) : fitting(schema);
