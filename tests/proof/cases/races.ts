import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { createProduct } from '../../../scripts/lib/client';
import { THUMBNAIL_KEY } from '../../../server/src/assets/keys';
import { parseConfig } from '../../../server/src/config';
import { optionsHash } from '../../../server/src/options/hash';
import { type Random, seeded } from '../../fixtures/random';
import { type Client, startNodes } from '../../support/nodes';
import { QUICK, writeQuickModel } from '../../support/quick-model';
import { type Count, exactly, told } from '../report';
import { orphans, sweep } from './chaos-counts';
import { createScene, type RaceAsset, type Scene } from './races-scene';

export interface RacesOptions {
  client: Client;
  /** Of each race. */
  rounds: number;
  /** Of every random choice. */
  seed: number;
}

/** What meets an asset's job at a random moment of its life, and what may come of the two. */
interface Race {
  name: string;
  /** Of assets on their way at the same time; by default a few, so that jobs of two nodes run beside each other. */
  batch?: number;
  /** @returns further assets that it made */
  second(scene: Scene, id: number, random: Random): Promise<number[] | void>;
  /** What no serial history gives; null when one does. */
  judge(asset: RaceAsset | null): string | null;
}

const BATCH = 8;
/** So slow is the storage with the plugin's files, that a job spends a good part of its life storing. */
const STORE_MS = 120;
const HEAL_MS = 30_000;

/** The admin's small picture comes and goes with the variant that it shows. */
const keysOf = (asset: RaceAsset): string =>
  Object.keys(asset.entries)
    .filter((key) => key !== THUMBNAIL_KEY)
    .join(', ');

function has(...wanted: string[]) {
  return (asset: RaceAsset | null): string | null => {
    if (!asset) return 'it is gone';
    if (asset.wrong) return asset.wrong;
    return keysOf(asset) === wanted.join(', ') ? null : `it has ${keysOf(asset) || 'nothing'}, its job is ${asset.job}`;
  };
}

const complete = has('cutout', 'cutout_matte');

const races: Race[] = [
  {
    name: 'replaced while running',
    second: async (scene, id) => void (await scene.put(await scene.picture(), id)),
    judge: complete,
  },
  {
    // The edit dialog sends the part it cut out as the asset's new bytes, or as a new asset.
    name: 'cropped while storing',
    async second(scene, id, random) {
      const [left, top] = [Math.floor(random() * 40), Math.floor(random() * 30)];
      const part = await sharp(await scene.picture())
        .extract({ left, top, width: 260, height: 200 })
        .png()
        .toBuffer();
      const made = await scene.put(part, random() < 0.5 ? id : undefined);
      return made === id ? [] : [made];
    },
    judge: complete,
  },
  {
    name: 'deleted while running',
    second: async (scene, id) => void (await scene.ask('DELETE', `/api/upload/files/${id}`)),
    judge: (asset) => (asset ? 'it is there' : null),
  },
  {
    name: 'two rules at once',
    async second({ nodes }, id, random) {
      const save = async (index: number, data: object) => {
        await sleep(random() * 100);
        await createProduct(nodes.session(index % nodes.apps.length), { title: 'Race', ...data });
      };
      await Promise.all([save(0, { gallery: [id] }), save(1, { detail: { caption: 'x', image: id } })]);
    },
    judge: has('cutout', 'cutout_card', 'cutout_matte', 'cutout_thumb'),
  },
  {
    name: 'cancelled while storing',
    second: async (scene, id) =>
      void (await scene.ask('POST', `/cutout/assets/${id}/cancel`, { json: {}, admin: true })),
    judge: (asset) => (asset?.job === 'cancelled' ? has()(asset) : complete(asset)),
  },
];

/** Widths of the preset `card`, in turn: a change of settings is another configuration at the next start. */
const WIDTHS = [100, 140];
const presetsOf = (width: number) => ({ card: { w: width } });
const hashOf = (width: number) => optionsHash(parseConfig({ presets: presetsOf(width) }).presets.card!);

/** With the options of before or after, and of the size that these say. */
function judgeSettings(asset: RaceAsset | null): string | null {
  const fault = has('cutout', 'cutout_card', 'cutout_matte')(asset);
  if (fault) return fault;
  const { width, cutout } = asset!.entries.cutout_card!;
  return WIDTHS.some((each) => each === width && hashOf(each) === cutout?.options) ? null : `its card is ${width} wide`;
}

/**
 * Two nodes do the jobs (on SQLite one), and something else happens to an asset at a random moment of its job's life.
 * Once all is quiet, the asset is as one of the two orders would have left it, and nothing is stored for nobody.
 */
export async function runRaces({ client, rounds, seed }: RacesOptions): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-races-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    rules: { everything: true },
    jobs: { pollMs: 300, retryDelayMs: 100, leaseMs: 4000, reconcileMs: 5000 },
  };
  const nodes = await startNodes({ client, count: client === 'sqlite' ? 1 : 2, config });
  const random = seeded(seed);
  const counts: Count[] = [told('seed', seed)];
  const count = async (name: string, outcomes: Outcome[]) => {
    for (const { id, fault } of outcomes.filter((each) => each.fault).slice(0, 5))
      console.error(`${name}: asset ${id}: ${fault}`);
    counts.push(
      told(`${name}: rounds`, outcomes.length),
      told(`${name}: before its job ran, while it ran, after it`, momentsOf(outcomes)),
      exactly(`${name}: states that no order of the two gives`, outcomes.filter(({ fault }) => fault).length, 0),
    );
  };
  try {
    const scene = createScene(nodes, seed);
    await nodes.storage.setFault({ kind: 'slow', ms: STORE_MS, methods: ['PUT'], names: '_cutout|^cutout_' });
    const life = await lifeOf(scene);
    for (const race of races) await count(race.name, await runRace(scene, race, { rounds, life, random }));
    const settings = { ...config, rules: { everything: { presets: ['default', 'card'] } } };
    await count('settings changed while running', await changeSettings(scene, settings, { rounds, life, random }));
    await nodes.storage.setFault(null);
    await scene.settled();
    await sweep(nodes);
    const left = await orphans(nodes);
    if (left.length > 0) console.error(left.slice(0, 10));
    return [
      ...counts,
      exactly('files without an asset', left.length, 0),
      exactly('unhandled rejections in the log', nodes.log().match(/unhandled/gi)?.length ?? 0, 0),
    ];
  } finally {
    await nodes.storage.setFault(null);
    await nodes.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Rounds {
  rounds: number;
  /** Milliseconds from an upload's answer to the end of its job, with a batch on its way. */
  life: number;
  random: Random;
}

interface Outcome {
  id: number;
  fault: string | null;
  /** State of its job as the second began. */
  moment: string;
}

async function runRace(scene: Scene, race: Race, { rounds, life, random }: Rounds): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < rounds) {
    const batch = Array.from({ length: Math.min(BATCH, rounds - outcomes.length) }, () => random() * life);
    const met = await Promise.all(
      batch.map(async (delay) => {
        const id = await scene.put(await scene.picture());
        await sleep(delay);
        const moment = (await scene.asset(id))?.job ?? 'queued';
        return { id, moment, further: (await race.second(scene, id, random)) ?? [] };
      }),
    );
    await scene.settled();
    for (const { id, moment, further } of met) {
      const faults = await Promise.all([
        judged(scene, id, race.judge),
        ...further.map((each) => judged(scene, each, complete)),
      ]);
      outcomes.push({ id, moment, fault: faults.find((fault) => fault !== null) ?? null });
    }
  }
  return outcomes;
}

/** What the reconciler puts right within its time is no fault. The asset goes then. */
async function judged(scene: Scene, id: number, judge: Race['judge']): Promise<string | null> {
  const late = Date.now() + HEAL_MS;
  for (;;) {
    const asset = await scene.asset(id);
    const fault = judge(asset);
    if (fault === null || Date.now() > late) {
      // Or each later change of settings would have it made anew.
      if (asset) await scene.ask('DELETE', `/api/upload/files/${id}`);
      return fault;
    }
    await sleep(500);
  }
}

/** Nodes are started anew one after the other with other presets, as a deployment does, while a batch is on its way. */
async function changeSettings(scene: Scene, config: object, { rounds, life, random }: Rounds): Promise<Outcome[]> {
  const { nodes } = scene;
  const outcomes: Outcome[] = [];
  const batch = Math.ceil(rounds / 10);
  const deploy = async (turn: number) => {
    for (const index of nodes.apps.keys()) {
      await nodes.end(index);
      await nodes.start(index, { ...config, presets: presetsOf(WIDTHS[turn % 2]!) });
    }
  };
  await deploy(0);
  for (let turn = 1; outcomes.length < rounds; turn += 1) {
    const size = Math.min(batch, rounds - outcomes.length);
    const ids = await Promise.all(Array.from({ length: size }, async () => scene.put(await scene.picture())));
    await sleep(random() * life);
    const moments = await Promise.all(ids.map(async (id) => (await scene.asset(id))?.job ?? 'queued'));
    await deploy(turn);
    await scene.settled();
    for (const [at, id] of ids.entries())
      outcomes.push({ id, moment: moments[at]!, fault: await judged(scene, id, judgeSettings) });
  }
  return outcomes;
}

async function lifeOf(scene: Scene): Promise<number> {
  await scene.put(await scene.picture());
  await scene.settled();
  const start = Date.now();
  await Promise.all(Array.from({ length: BATCH }, async () => scene.put(await scene.picture())));
  const answered = Date.now();
  await scene.settled();
  // Of a batch the middle one, without the quiet at the end.
  return Math.max(500, 0.6 * (Date.now() - (start + answered) / 2 - 500));
}

function momentsOf(outcomes: Outcome[]): string {
  const of = (...states: string[]) => outcomes.filter(({ moment }) => states.includes(moment)).length;
  return `${of('queued')}, ${of('running')}, ${of('done')}`;
}
