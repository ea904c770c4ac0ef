/** The command was called wrongly: said on stderr, exit code 2. One line per problem. */
export class UsageError extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
    this.name = 'UsageError';
  }
}

export const exitCodes = {
  ok: 0,
  /** At least one picture or model failed; the others are done. */
  failed: 1,
  usage: 2,
  /** As shells count an interrupt: 128 + SIGINT. */
  interrupted: 130,
  /** Whoever read stdout or stderr went away: 128 + SIGPIPE. */
  pipe: 141,
} as const;
