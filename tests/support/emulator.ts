import type { Plan } from '../rembg-server/accounts';
import type { ControlState } from '../rembg-server/control';
import type { Fault } from '../rembg-server/faults';
import type { AccountHost } from '../rembg-server/service';
import { startTs } from './ts-process';

/** The emulated service in a process of its own, as the nodes of a proof see it; brightness is its matte. */
export interface Emulator {
  apiUrl: string;
  accountUrl: string;
  /** A premium key. */
  apiKey: string;
  state(): Promise<ControlState>;
  setFault(fault: Fault | null, times?: number): Promise<void>;
  addKey(plan: Partial<Plan>): Promise<string>;
  /** The running period of a key ends in so many milliseconds; the account tells of it so much later. */
  endPeriod(key: string, inMs: number, lateMs?: number): Promise<void>;
  buyCredits(key: string, credits: number): Promise<void>;
  setAccountHost(state: AccountHost): Promise<void>;
  stop(): Promise<void>;
}

interface Announced {
  apiUrl: string;
  accountUrl: string;
  apiKey: string;
}

export async function startEmulator(): Promise<Emulator> {
  const { announced, stop } = await startTs<Announced>('tests/rembg-server/main.ts', ['--luminance', '--json']);
  const ask = async (route: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${announced.apiUrl}/__control/${route}`, init);
    if (!response.ok) throw new Error(`/__control/${route}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    ...announced,
    state: async () => (await ask('state')) as ControlState,
    setFault: async (fault, times) => void (await ask('fault', { fault, times })),
    addKey: async (plan) => ((await ask('keys', { plan })) as { key: string }).key,
    endPeriod: async (key, inMs, lateMs = 0) => void (await ask('period', { key, endsInMs: inMs, lateMs })),
    buyCredits: async (key, credits) => void (await ask('buy', { key, credits })),
    setAccountHost: async (state) => void (await ask('account-host', { state })),
    stop,
  };
}
