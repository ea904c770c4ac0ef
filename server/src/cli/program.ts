import { Command, Option } from 'commander';
import { DEFAULT_MODEL, SECOND_OPINION_BELOW } from '../engines/local/defaults';
import { packageVersion } from '../package-root';
import { type Effort, effort } from '../words';
import { addComposeFlags, readComposeFlags } from './compose-flags';
import { addBulk } from './bulk-command';
import { examine } from './doctor';
import { listModels, printPath, pullModels, verifyModels } from './models';
import { readDestination } from './outputs';
import { remove } from './remove';
import { addWeightsFlags, collect, type WeightsFlags, weightsOptions, wholeNumber } from './settings';
import { exitCodes, UsageError } from './usage-error';
import { runWorker, signsOfLife } from './worker';

/** What a command may use besides its arguments. */
export interface Surroundings {
  /** Aborted when the user interrupts. */
  signal: AbortSignal;
  exit(code: number): void;
}

export function createProgram(surroundings: Surroundings): Command {
  const program = new Command('cutout')
    .description('Removes image backgrounds, with the same models and options as the Strapi plugin.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(add --help for the flags)');
  addRemove(program, surroundings);
  addModels(program, surroundings);
  addBulk(program, surroundings);
  addWorker(program, surroundings);
  addDoctor(program, surroundings);
  return program;
}

interface RemoveFlags extends WeightsFlags, Record<string, unknown> {
  out?: string;
  overwrite?: true;
  model: string;
  effort: Effort;
  workers: number;
  threads: number;
  provider?: string[];
  secondOpinion: boolean;
  timeout: number;
  maxPixels: number;
  skipTransparent?: number;
  minConfidence: number;
  keepEmpty?: true;
  json?: true;
  quiet?: true;
  debug?: true;
}

function addRemove(program: Command, { signal, exit }: Surroundings): void {
  const command = program
    .command('remove')
    .description('remove the background of pictures')
    .argument('<in...>', 'files, folders with all pictures below them (by extension), or - for a picture from stdin')
    .option('-o, --out <place>', 'folder, file (one input), or - for stdout; beside the original when left out')
    .option('--overwrite', 'replace results that are there already; originals never are')
    .option('-m, --model <id>', 'see "cutout models list"', DEFAULT_MODEL)
    .addOption(
      new Option('--effort <how>', 'fast: one plain run; balanced: edges solved anew; best: three runs')
        .choices(effort.options)
        .default('balanced'),
    )
    .option('--workers <n>', 'pictures at a time', wholeNumber('--workers', 1, 64), 1)
    .option('--threads <n>', 'threads of a model run; 0 shares the cores', wholeNumber('--threads', 0, 256), 0)
    .option('--provider <name>', 'ONNX Runtime execution provider, in order of preference (cpu)', collect)
    .option('--no-second-opinion', 'keep what an 8-bit model is unsure of')
    .option('--timeout <s>', 'seconds one picture may take', wholeNumber('--timeout', 1, 86_400), 120)
    .option('--max-pixels <n>', 'largest picture', wholeNumber('--max-pixels', 1, 2 ** 31), 120_000_000)
    .option(
      '--skip-transparent <share>',
      'leave pictures alone that have this share 0…1 of transparency',
      share('--skip-transparent'),
    )
    .option('--min-confidence <share>', 'make nothing of a matte that is less sure, 0…1', share('--min-confidence'), 0)
    .option('--keep-empty', 'make a file also where the model finds no subject')
    .option('--json', 'one JSON object on stdout at the end')
    .option('-q, --quiet', 'say nothing but what failed or was skipped')
    .option('--debug', 'tell what the libraries said of a failure');
  addWeightsFlags(addComposeFlags(command));
  command.action(async (named: string[], flags: RemoveFlags) => {
    const destination = readDestination(flags.out, named);
    const options = readComposeFlags(flags, destination.kind === 'file' ? destination.format : undefined);
    if (destination.kind === 'stdout') refuseForStdout(flags, options.sizes.length > 0);
    const code = await remove({
      named,
      destination,
      options,
      overwrite: flags.overwrite ?? false,
      model: flags.model,
      effort: flags.effort,
      weights: weightsOptions(flags),
      workers: flags.workers,
      threads: flags.threads,
      executionProviders: flags.provider ?? ['cpu'],
      noSubject: flags.keepEmpty ? 'keep' : 'skip',
      minConfidence: flags.minConfidence,
      secondOpinionBelow: flags.secondOpinion ? SECOND_OPINION_BELOW : null,
      timeoutMs: flags.timeout * 1000,
      maxPixels: flags.maxPixels,
      transparencyThreshold: flags.skipTransparent ?? null,
      json: flags.json ?? false,
      quiet: flags.quiet ?? false,
      debug: flags.debug ?? false,
      signal,
    });
    exit(code);
  });
}

function addModels(program: Command, { signal, exit }: Surroundings): void {
  const models = program.command('models').description('the models and their weights');
  const add = (name: string, text: string): Command =>
    addWeightsFlags(models.command(name).description(text).option('--json', 'JSON on stdout'));
  const settings = (flags: WeightsFlags & { json?: true }) => ({
    weights: weightsOptions(flags),
    json: flags.json ?? false,
    signal,
  });
  type Flags = WeightsFlags & { json?: true };
  add('list', 'every model, its licence, and whether its weights are here').action(async (flags: Flags) =>
    exit(await listModels(settings(flags))),
  );
  add('pull [ids...]', `fetch weights ahead of time (${DEFAULT_MODEL} when none is named)`).action(
    async (ids: string[], flags: Flags) => exit(await pullModels(ids, settings(flags))),
  );
  add('verify [ids...]', 'check the weights that are here against their checksums').action(
    async (ids: string[], flags: Flags) => exit(await verifyModels(ids, settings(flags))),
  );
  add('path [id]', 'where the weights are').action(async (id: string | undefined, flags: Flags) =>
    exit(await printPath(id, settings(flags))),
  );
}

function addWorker(program: Command, { signal, exit }: Surroundings): void {
  program
    .command('worker')
    .description('work the queue of the Strapi app in this folder, without its web server')
    .option('--concurrency <n>', 'local pictures at a time (local.workers)', wholeNumber('--concurrency', 1, 64))
    .option('--health', 'whether a worker of this folder is alive: exit code 0, or 1')
    .action(async ({ concurrency, health }: { concurrency?: number; health?: true }) => {
      const appDir = process.cwd();
      if (health) {
        const { length } = await signsOfLife(appDir);
        process.stdout.write(length > 0 ? `${length} alive\n` : 'no worker is alive\n');
        return exit(length > 0 ? exitCodes.ok : exitCodes.failed);
      }
      // A stop that was asked for is no failure.
      signal.addEventListener('abort', () => (process.exitCode = exitCodes.ok));
      await runWorker({ appDir, concurrency });
    });
}

function addDoctor(program: Command, { exit }: Surroundings): void {
  program
    .command('doctor')
    .description('look whether everything works that a Strapi app needs for cutouts: exit code 0, or 1')
    .option('--app <folder>', 'folder of the Strapi app', '.')
    .option('--json', 'JSON on stdout')
    .action(async ({ app, json }: { app: string; json?: true }) => exit(await examine({ app, json: json ?? false })));
}

function share(flag: string) {
  return (value: string): number => {
    const number = Number(value);
    if (value.trim() !== '' && number >= 0 && number <= 1) return number;
    throw new UsageError([`Expected a number from 0 to 1 for ${flag} but received "${value}".`]);
  };
}

function refuseForStdout(flags: RemoveFlags, sizes: boolean): void {
  if (flags.json) throw new UsageError(['Expected --out with --json: stdout holds either the picture or the JSON.']);
  if (sizes) throw new UsageError(['Expected --out with --sizes: stdout holds one picture.']);
  if (process.stdout.isTTY)
    throw new UsageError(['Expected --out, a pipe or a redirect: a picture is not written to a terminal.']);
}
