import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/paths';
import { dropDatabases, requireServer, servers } from '../../scripts/lib/database';
import type { Client } from '../support/nodes';

/** One count of a proof: what was found, and what must be. */
export interface Count {
  what: string;
  measured: number | string;
  /** Empty for a figure that is only told. */
  wanted: string;
  holds: boolean;
}

export const exactly = (what: string, measured: number, wanted: number): Count => ({
  what,
  measured,
  wanted: String(wanted),
  holds: measured === wanted,
});

export const atMost = (what: string, measured: number, most: number): Count => ({
  what,
  measured,
  wanted: `≤ ${most}`,
  holds: measured <= most,
});

export const told = (what: string, measured: number | string): Count => ({ what, measured, wanted: '', holds: true });

export function table(counts: Count[]): string {
  const widest = Math.max(...counts.map(({ what }) => what.length));
  return counts
    .map(({ what, measured, wanted, holds }) => {
      const bar = wanted && (holds ? `(${wanted})` : `(${wanted})  MISSED`);
      return `  ${what.padEnd(widest)}  ${String(measured).padStart(8)}  ${bar}`;
    })
    .join('\n');
}

export interface Proof {
  /** Name of its script, e.g. `storm` of `proof:storm`. */
  name: string;
  /** Its script, where that is called otherwise. */
  script?: string;
  title: string;
  /** Databases it runs on; the first without `--db`. */
  clients: [Client, ...Client[]];
  /** Its further options, with the values they have when left out. */
  options?: Record<string, string>;
  /** What tells a result from that of other options: an ending of its title. */
  variant?(options: Record<string, string>): string;
  /** `size` is the script's `--size`, undefined for its full length. */
  run(client: Client, size: number | undefined, options: Record<string, string>): Promise<Count[]>;
}

/** The command of one proof: prints its counts, records them, and fails when one is off. */
export function proof(all: Proof): void {
  const { name, title, clients, options = {}, variant = () => '', run, script = `proof:${name}` } = all;
  const main = async () => {
    const text = { type: 'string' } as const;
    const own = Object.fromEntries(Object.keys(options).map((key) => [key, text]));
    const { values } = parseArgs({ options: { ...own, db: text, size: text } }) as { values: Record<string, string> };
    const chosen = { ...options, ...values };
    const given = Object.keys(options).filter((key) => values[key] !== undefined && key !== 'seed');
    const further = given.map((key) => ` --${key} ${chosen[key]}`).join('');
    const client = clients.find((each) => each === (values.db ?? clients[0]));
    if (!client) throw new Error(`--db: expected one of ${clients.join(', ')}, received '${values.db}'.`);
    const size = values.size === undefined ? undefined : Number(values.size);
    if (client !== 'sqlite') {
      await requireServer(client);
      await dropDatabases(client);
    }
    const start = Date.now();
    const counts = await run(client, size, chosen);
    counts.push(told('seconds', Math.round((Date.now() - start) / 1000)));
    const database = client === 'sqlite' ? 'SQLite' : servers[client].title;
    const whole = `${title}${variant(chosen)}, ${database}`;
    console.log(`\n${whole}\n${table(counts)}`);
    // A shorter run than the full one is no result.
    if (size === undefined) record(whole, `npm run ${script} -- --db ${client}${further}`, counts);
    if (counts.some(({ holds }) => !holds)) process.exitCode = 1;
  };
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

const file = path.join(root, 'tests/proof/RESULTS.md');
const head = `# Proofs

What several nodes, killed processes, late webhooks and a failing storage leave behind, each counted against the
database, the storage and the emulated service. Every section is written by its own command.
`;

export function record(title: string, command: string, counts: Count[]): void {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : head;
  const [intro = head, ...sections] = old.split(/^(?=## )/m);
  const others = sections.filter((section) => !section.startsWith(`## ${title}\n`));
  const facts = `${os.cpus().length} cores, Node ${process.version}`;
  const lines = counts.map(({ what, measured, wanted, holds }) => {
    return `| ${what} | ${measured} | ${wanted} | ${wanted && (holds ? 'holds' : 'MISSED')} |`;
  });
  const section = `## ${title}

Written by \`${command}\`: ${facts}.

| count | measured | wanted | |
|---|---|---|---|
${lines.join('\n')}
`;
  const ordered = [...others.map((text) => `${text.trimEnd()}\n`), section].sort();
  writeFileSync(file, [`${intro.trimEnd()}\n`, ...ordered].join('\n'));
}
