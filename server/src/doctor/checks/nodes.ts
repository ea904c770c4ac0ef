import { z } from 'zod';
import { findAlive } from '../../nodes';
import { type Check, count, type Finding, finding, LIMIT_MS, textFact, well } from '../check';

const nodeNote = z.object({
  host: z.string(),
  pid: z.number(),
  role: z.string(),
  local: z.boolean(),
  remote: z.boolean(),
  /** Older versions did not tell. */
  version: z.string().optional(),
});
export type NodeNote = z.output<typeof nodeNote>;

/** The processes that live. Those with the role `web` leave the jobs to the others. */
export const nodes: Check = {
  id: 'nodes',
  limitMs: LIMIT_MS,
  async look({ strapi, app }) {
    const alive = await findAlive(strapi, app.clock.now());
    const { listening } = strapi.server.httpServer;
    return judgeNodes(
      alive.flatMap(({ note }) => nodeNote.safeParse(note).data ?? []),
      listening,
    );
  },
};

/** @param isServing false for a command, which may be run before Strapi is */
export function judgeNodes(alive: readonly NodeNote[], isServing: boolean): Finding {
  const facts = [
    count('alive', alive.length),
    ...alive.map(({ host, pid, role, local, remote }) => {
      const engines = [...(local ? ['local'] : []), ...(remote ? ['remote'] : [])].join(' + ') || '-';
      const what = role === 'worker' ? `worker, ${engines}` : role === 'web' ? 'strapi, web' : `strapi, ${engines}`;
      return textFact('node', `${host}:${pid} (${what})`);
    }),
  ];
  if (alive.every(({ role }) => role === 'web')) return finding(isServing ? 'error' : 'warning', 'nodes.none', facts);
  const versions = [...new Set(alive.map(({ version }) => version ?? '?'))].sort();
  if (versions.length === 1) return well(facts);
  return finding('warning', 'nodes.versions', [...facts, textFact('versions', versions.join(', '))]);
}
