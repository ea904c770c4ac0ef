import { CutoutError, type ErrorCode } from '../../errors';
import type { Endpoint } from '../endpoint';
import { errorBody } from '../respond';
import { componentRef } from './schemas';

interface Refusal {
  name: string;
  status: number;
  message: string;
  /** Strapi's own have none. */
  code?: ErrorCode;
}

/** Sentences of the codes that endpoints name. */
const sentences: Partial<Record<ErrorCode, string>> = {
  'options.invalid': 'wait: Too big: expected number to be <=30',
  'asset.missing': 'There is no asset 8.',
  'job.missing': 'There is no job 13.',
  'job.state': 'Job 12 cannot be cancelled: it is done.',
  'variant.missing': "Asset 7 has no variant 'default'.",
  'variant.wanted': "A field or rule wants 'default' of asset 7: removed, it would be made again.",
  'source.missing': "'mug.jpg' is not where the upload provider stores it.",
  'source.unreadable': "The upload provider did not give 'mug.jpg'.",
  'job.stale': 'The asset is being replaced: its matte was made of other bytes.',
  'matte.damaged': 'The stored matte cannot be read as a picture.',
  'temp.unavailable': 'The temporary folder cannot be written.',
  'machine.short': 'The picture task failed: the disk is full; free some space.',
  'worker.failed': 'The picture task failed.',
  'worker.crashed': 'The picture process ended while it worked.',
  'worker.timeout': 'The picture task took longer than 180 s.',
  'render.busy': 'Too many pictures are asked for at this moment.',
  'stream.too-many': 'This caller has as many streams open as it may: 5.',
  'stream.full': 'The server has as many streams open as it may.',
  'storage.unavailable': 'The upload provider gave no answer within 10 s.',
};

/** Refusals that say when to come back. */
const comesBack: ReadonlySet<ErrorCode> = new Set(['render.busy', 'stream.too-many', 'stream.full']);

const byPermissions: Refusal[] = [
  { status: 401, name: 'UnauthorizedError', message: 'Missing or invalid credentials' },
  { status: 403, name: 'ForbiddenError', message: 'Forbidden' },
];
const byBody: Refusal[] = [
  { status: 400, name: 'SyntaxError', message: 'Unexpected end of JSON input' },
  { status: 413, name: 'PayloadTooLargeError', message: 'request entity too large' },
];
const fault: Refusal = { status: 500, name: 'InternalServerError', message: 'Internal Server Error' };

const descriptions: Record<number, string> = {
  400: 'Something in the request is not as it must be',
  401: 'The token is not known or has expired',
  403: 'The token, or the public role, may not do this',
  404: 'It is not there',
  409: 'It does not go with how things stand',
  413: 'The body is too large',
  429: 'Too much at once',
  500: 'A fault of the server; its log has the reason',
  502: 'Something that was stored did not come as it must',
  503: 'Something that the server needs is away for now',
  504: 'It took too long',
};

/** What an endpoint refuses with in Strapi's form, by status. */
export function refusalsOf({ access, body, errors = [] }: Endpoint): Record<string, object> {
  const own = errors.map((code): Refusal => {
    const message = sentences[code];
    if (message === undefined) throw new Error(`An example sentence is missing for ${code}.`);
    const { status, name } = errorBody(new CutoutError(code, message)).error;
    return { status, name, message, code };
  });
  // The Rembg-compatible endpoint answers in Rembg's form alone.
  const ofStrapi = access === 'key' ? [] : [...(access ? [] : byPermissions), ...(body ? byBody : []), fault];
  const all = [...own, ...ofStrapi];
  const statuses = [...new Set(all.map(({ status }) => status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      response(
        status,
        all.filter((each) => each.status === status),
      ),
    ]),
  );
}

const retryAfter = { $ref: '#/components/headers/Retry-After' };

function response(status: number, refusals: Refusal[]): object {
  const codes = refusals.flatMap(({ code }) => (code ? `\`${code}\`` : []));
  return {
    description: `${descriptions[status]}${codes.length > 0 ? `: ${codes.join(', ')}` : ''}`,
    ...(refusals.some(({ code }) => code && comesBack.has(code)) ? { headers: { 'Retry-After': retryAfter } } : {}),
    content: {
      'application/json': {
        schema: componentRef('Error'),
        examples: Object.fromEntries(refusals.map((each) => [each.code ?? each.name, { value: exampleOf(each) }])),
      },
    },
  };
}

function exampleOf({ status, name, message, code }: Refusal): object {
  if (code) return errorBody(new CutoutError(code, message));
  return { data: null, error: { status, name, message, details: {} } };
}
