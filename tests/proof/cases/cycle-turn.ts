import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../scripts/lib/client';
import { type Emulator, startEmulator } from '../../support/emulator';
import { distinctPicture } from '../../support/noise';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import type { Plan } from '../../rembg-server/accounts';
import { atMost, type Count, exactly, told } from '../report';
import { jobsIn, reasonsOf } from './parts';

/** What stops the jobs, and what happens at the turn. */
export interface TurnScenario {
  title: string;
  /** The account's credits are used up, or this Strapi's budget is. */
  stop: 'monthly limit' | 'budget';
  /** The end of the cycle, or a person who buys credits in its middle. */
  relief: 'turn' | 'purchase';
  /** How long after the turn the service learns of it. */
  lateMs?: number;
  accountAway?: boolean;
  /** Within how many milliseconds of the relief all jobs must be done. */
  barMs: number;
}

const minute = 60_000;

export const scenarios: TurnScenario[] = [
  {
    title: 'monthly limit, webhook 2 min late',
    stop: 'monthly limit',
    relief: 'turn',
    lateMs: 2 * minute,
    barMs: 5 * minute,
  },
  {
    title: 'monthly limit, account host away',
    stop: 'monthly limit',
    relief: 'turn',
    accountAway: true,
    barMs: 5 * minute,
  },
  { title: 'budget, webhook 2 min late', stop: 'budget', relief: 'turn', lateMs: 2 * minute, barMs: 5 * minute },
  { title: 'budget, account host away', stop: 'budget', relief: 'turn', accountAway: true, barMs: 5 * minute },
  { title: 'monthly limit, credits bought', stop: 'monthly limit', relief: 'purchase', barMs: 2 * minute },
];

export interface TurnOptions {
  client: Client;
  scenario: TurnScenario;
  /** From the first upload to the turn or the purchase. */
  reliefInMs: number;
}

/** Credits of a cycle, by the plan or by the budget; twice as many pictures are uploaded. */
const CREDITS = 4;
const PICTURES = 2 * CREDITS;
const timeouts = { connect: 3000, upload: 10_000, headers: 10_000, body: 10_000, total: 30_000 };

export async function prepareTurn({ client, scenario, reliefInMs }: TurnOptions) {
  const emulator = await startEmulator();
  const plan: Partial<Plan> = { prepaid: 0, included: scenario.stop === 'budget' ? 1000 : CREDITS };
  const apiKey = await emulator.addKey(plan);
  const { apiUrl, accountUrl } = emulator;
  const budget = scenario.stop === 'budget' ? { credits: CREDITS } : {};
  const nodes = await startNodes({
    client,
    count: 1,
    config: {
      remote: { apiKey, apiUrl, accountUrl, timeouts, budget },
      rules: { everything: { engine: 'remote' } },
    },
  });
  return {
    /** Goes through the scenario in real time; all those prepared can run side by side. */
    async run(): Promise<Count[]> {
      try {
        return await goThrough({ scenario, emulator, apiKey, nodes, reliefInMs });
      } finally {
        await nodes.stop();
        await emulator.stop();
      }
    },
  };
}

interface Stage {
  scenario: TurnScenario;
  emulator: Emulator;
  apiKey: string;
  nodes: Nodes;
  reliefInMs: number;
}

async function goThrough({ scenario, emulator, apiKey, nodes, reliefInMs }: Stage): Promise<Count[]> {
  const { relief, lateMs = 0, accountAway = false, barMs } = scenario;
  const reliefAt = Date.now() + reliefInMs;
  if (relief === 'turn') await emulator.endPeriod(apiKey, reliefInMs, lateMs);
  await uploadPictures(nodes);
  // The account goes away when the app has seen its cycle, and before that cycle ends.
  await sleep(reliefInMs / 2);
  if (accountAway) await emulator.setAccountHost('silent');
  await sleep(Math.max(0, reliefAt - Date.now() - 1000));
  const before = await jobsIn(nodes);
  const paidBefore = (await emulator.state()).charged;
  await sleep(Math.max(0, reliefAt - Date.now()));
  if (relief === 'purchase') await emulator.buyCredits(apiKey, PICTURES);

  const lastAt = await whenAllDone(nodes, reliefAt + barMs + minute);
  const after = await jobsIn(nodes);
  const paid = (await emulator.state()).charged;
  return [
    exactly('done before', done(before), CREDITS),
    exactly('waiting before', before.filter(({ state }) => state === 'queued').length, PICTURES - CREDITS),
    told('why they waited', reasonsOf(before)),
    exactly('paid calls before', paidBefore, CREDITS),
    exactly('done after', done(after), PICTURES),
    atMost('seconds until the last', Math.round((lastAt - reliefAt) / 1000), barMs / 1000),
    exactly('paid calls in all', paid, PICTURES),
    told('jobs', reasonsOf(after)),
  ];
}

const done = (jobs: { state: string }[]) => jobs.filter(({ state }) => state === 'done').length;

async function whenAllDone(nodes: Nodes, deadline: number): Promise<number> {
  while (done(await jobsIn(nodes)) < PICTURES && Date.now() < deadline) await sleep(500);
  return Date.now();
}

async function uploadPictures(nodes: Nodes): Promise<void> {
  const { url, token } = nodes.session(0);
  const form = new FormData();
  for (let seed = 1; seed <= PICTURES; seed += 1) {
    const bytes = new Uint8Array(await distinctPicture(seed));
    form.append('files', new Blob([bytes], { type: 'image/png' }), `noise-${seed}.png`);
  }
  await request(url, 'POST', '/api/upload', { bearer: token, form });
}
