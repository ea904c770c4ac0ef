/** What a driver calls an error; empty where it has no name for it. */
export const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

const AWAY = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'PROTOCOL_CONNECTION_LOST'];

/** What pg and mysql2 say, without a code, of a connection that was cut. Knex puts the statement before it. */
const CUT =
  /(Connection terminated( unexpectedly)?|connection error and is not queryable|connection is in closed state)$/;

/** Whether a query failed because the database cannot be reached at this moment. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  // 57P0x: PostgreSQL shuts down or starts; Knex has an error of its own for a pool that nobody gives a connection to.
  if (AWAY.includes(code) || code.startsWith('57P') || code.startsWith('08') || name === 'KnexTimeoutError')
    return true;
  return code === '' && CUT.test(message);
}
