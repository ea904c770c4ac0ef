import type { Command } from 'commander';
import { bulkRequest } from '../bulk-words';
import { changeBulk, listBulk, planBulk } from './bulk';
import { collect, wholeNumber } from './settings';
import type { Surroundings } from './program';
import { UsageError } from './usage-error';

interface BulkFlags {
  app: string;
  json?: true;
  start?: true;
  follow: boolean;
  folder?: string;
  type?: string;
  field?: string;
  status?: string;
  from?: string;
  to?: string;
  state?: string;
  reason?: string;
  preset?: string[];
  engine?: string;
  credits?: number;
}

const withApp = (command: Command): Command =>
  command.option('--app <folder>', 'folder of the Strapi app', '.').option('--json', 'JSON on stdout');

/** `cutout bulk`; docs/bulk.md describes it. */
export function addBulk(program: Command, { signal, exit }: Surroundings): void {
  const bulk = program.command('bulk').description('make cutouts of what is in the media library of a Strapi app');
  const settings = ({ app, json }: Pick<BulkFlags, 'app' | 'json'>) => ({ app, json: json ?? false, signal });

  withApp(bulk.command('run', { isDefault: true }).description('what a run would do, and with --start the run'))
    .option('--start', 'start it')
    .option('--no-follow', 'do not wait for its end')
    .option('--folder <folder>', 'of the media library, with its subfolders: /Products')
    .option('--type <uid>', 'content type or component that uses the file: api::product.product')
    .option('--field <name>', 'its media field')
    .option('--status <status>', 'used by an entry of that status: draft, published')
    .option('--from <date>', 'uploaded on that day or later: 2026-01-31')
    .option('--to <date>', 'uploaded before that day')
    .option('--state <state>', 'missing, stale, failed, skipped or cancelled')
    .option('--reason <code>', 'why it failed or was skipped: worker.crashed')
    .option('--preset <name>', 'ask for this preset, whatever fields and rules want (may be repeated)', collect)
    .option('--engine <engine>', 'ask for this engine: local, remote, auto')
    .option(
      '--credits <n>',
      'set so many credits aside, and stop when they are used up',
      wholeNumber('--credits', 0, 1e9),
    )
    .action(async (flags: BulkFlags) => {
      const start = flags.start ?? false;
      exit(await planBulk(requestOf(flags), { ...settings(flags), start, follow: flags.follow }));
    });

  withApp(bulk.command('list').description('the newest runs first')).action(async (flags: BulkFlags) =>
    exit(await listBulk(settings(flags))),
  );
  for (const [what, text] of [
    ['pause', 'take back what is queued; what was begun is finished'],
    ['resume', 'go on with a paused run'],
    ['cancel', 'end a run for good'],
    ['follow', 'show how a run goes until it ends'],
  ] as const) {
    withApp(bulk.command(`${what} <id>`).description(text)).action(async (id: string, flags: BulkFlags) =>
      exit(await changeBulk(what, wholeNumber('<id>', 1, 2 ** 31)(id), settings(flags))),
    );
  }
}

/** @throws UsageError that names the flag */
function requestOf(flags: BulkFlags) {
  const { folder, type, field, status, from, to, state, reason, preset, engine, credits } = flags;
  const filter = { folder, contentType: type, field, status, uploadedFrom: from, uploadedTo: to, state, reason };
  const result = bulkRequest.safeParse({ filter, presets: preset, engine, credits });
  if (result.success) return result.data;
  throw new UsageError(result.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`));
}

const FLAGS: Record<string, string> = {
  contentType: 'type',
  uploadedFrom: 'from',
  uploadedTo: 'to',
  presets: 'preset',
};

function flagOf(path: readonly PropertyKey[]): string {
  const name = String(path.find((part) => typeof part === 'string' && part !== 'filter') ?? 'filter');
  return `--${FLAGS[name] ?? name}`;
}
