import type { ValidateFunction } from 'ajv';
import type { ApiRequest } from './requests';
import type { Response as Documented } from './operations';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

/** Gives the schema at a place of the document. */
export type SchemaAt = (at: readonly string[]) => ValidateFunction;

/** Headers without which an answer is of no use, where the document names them. */
const NEEDED: Record<number, string> = { 202: 'Retry-After', 302: 'Location', 503: 'Retry-After' };

/** What is wrong with an answer by the document; null when nothing is. */
export function judge(request: ApiRequest, answer: ApiAnswer, schemaAt: SchemaAt): string | null {
  const { route, fits } = request;
  const { status, headers, bytes } = answer;
  const documented = route.responses[String(status)];
  if (!documented) return `answered ${status}, which is not documented: ${text(bytes)}`;
  const waits = status === 503 && 'Retry-After' in (documented.headers ?? {});
  if (status >= 500 && !waits) return `answered ${status}: ${text(bytes)}`;
  const needed = NEEDED[status];
  if (needed && documented.headers?.[needed] && !headers.has(needed)) return `answered ${status} without ${needed}`;
  if (fits && status === 400) return `refused what fits the document: ${text(bytes)}`;
  return judgeBody(request, answer, documented, schemaAt);
}

function judgeBody(
  { route }: ApiRequest,
  answer: ApiAnswer,
  documented: Documented,
  schemaAt: SchemaAt,
): string | null {
  const { status, headers, bytes } = answer;
  if (!documented.content) {
    // Koa adds a line to redirects.
    return bytes.length === 0 || status === 302 ? null : `answered ${status} with a body: ${text(bytes)}`;
  }
  const type = (headers.get('content-type') ?? '').split(';')[0]!;
  const known = Object.keys(documented.content).find((each) => matches(type, each));
  if (known === undefined) return `answered ${status} as ${type || 'nothing'}`;
  if (known !== 'application/json') return bytes.length > 0 ? null : `answered ${status} with an empty ${type}`;
  const body = parsed(bytes);
  const validate = schemaAt([
    ...['paths', route.path, route.method.toLowerCase(), 'responses', String(status)],
    ...['content', known, 'schema'],
  ]);
  if (!validate(body)) {
    const [first] = validate.errors ?? [];
    return `answered ${status} with a body that is not as documented: ${first?.instancePath} ${first?.message}: ${text(bytes)}`;
  }
  return judgeError(body, status, Object.keys(documented.content[known]?.examples ?? {}));
}

/** An error tells its own status, and a code that the document has an example of. */
function judgeError(body: unknown, status: number, examples: readonly string[]): string | null {
  const { error, status: own } = body as {
    error?: string | { status: number; details?: { code?: string } };
    status?: number;
  };
  if (error === undefined) return null;
  const told = typeof error === 'string' ? own : error.status;
  if (told !== status) return `answered ${status} with an error of status ${told}`;
  const code = typeof error === 'string' ? undefined : error.details?.code;
  if (code !== undefined && !examples.includes(code)) return `answered ${status} with ${code}, which is not documented`;
  return null;
}

const matches = (type: string, range: string): boolean =>
  range.endsWith('/*') ? type.startsWith(range.slice(0, -1)) : type === range;

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}

const text = (bytes: Buffer): string => bytes.toString('utf8', 0, 300).replaceAll(/\s+/g, ' ');
