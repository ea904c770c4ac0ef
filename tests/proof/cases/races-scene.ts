import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../scripts/lib/client';
import type { FormatEntry } from '../../../server/src/tables/files';
import { asJson, type Nodes } from '../../support/nodes';
import { disc } from '../../support/quick-model';

/** What the races do to assets, and what they see of them. */
export interface Scene {
  nodes: Nodes;
  /** Any node, one after the other: what meets a job comes through another process than the one that runs it. */
  ask(method: string, route: string, body?: { form?: FormData; json?: unknown; admin?: boolean }): Promise<unknown>;
  /** A picture that no other call gives. */
  picture(): Promise<Buffer>;
  put(bytes: Buffer, replaced?: number): Promise<number>;
  asset(id: number): Promise<RaceAsset | null>;
  /** Waits until nothing is planned, queued or running. */
  settled(): Promise<void>;
}

export interface RaceAsset {
  /** Of the plugin's own keys, in order. */
  entries: Record<string, FormatEntry>;
  /** State of its newest job; null when it has none. */
  job: string | null;
  /** What is wrong with what is there, whatever was wanted: a job that failed, files that are missing or of other bytes. */
  wrong: string | null;
}

const SETTLED_MS = 120_000;

export function createScene(nodes: Nodes, seed: number): Scene {
  let asked = 0;
  let pictures = seed;
  const ask: Scene['ask'] = async (method, route, { form, json, admin = false } = {}) => {
    const { url, token, jwt } = nodes.session((asked += 1) % nodes.apps.length);
    return request(url, method, route, {
      bearer: admin ? jwt : token,
      ...(form && { form }),
      ...(json !== undefined && { json }),
    });
  };
  const open = async (): Promise<number> => {
    const [jobs] = await nodes.rows<{ n: number }>(
      "select count(*) as n from cutout_jobs where state in ('queued', 'running')",
    );
    const [looks] = await nodes.rows<{ n: number }>('select count(*) as n from cutout_looks');
    return Number(jobs!.n) + Number(looks!.n);
  };
  return {
    nodes,
    ask,
    picture: () => disc((pictures += 1), { format: 'png' }),
    async put(bytes, replaced) {
      const form = new FormData();
      form.set('files', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), `race-${(asked += 1)}.png`);
      const answer = await ask('POST', replaced === undefined ? '/api/upload' : `/api/upload?id=${replaced}`, { form });
      return ((Array.isArray(answer) ? answer[0] : answer) as { id: number }).id;
    },
    asset: (id) => readAsset(nodes, id),
    async settled() {
      for (const late = Date.now() + SETTLED_MS; Date.now() < late; await sleep(200)) {
        if ((await open()) > 0) continue;
        await sleep(300);
        if ((await open()) === 0) return;
      }
    },
  };
}

async function readAsset(nodes: Nodes, id: number): Promise<RaceAsset | null> {
  const [row] = await nodes.rows<{ hash: string; ext: string; formats: unknown }>(
    `select hash, ext, formats from files where id = ${id}`,
  );
  if (!row) return null;
  const jobs = await nodes.rows<{ state: string; reason_code: string | null }>(
    `select state, reason_code from cutout_jobs where file_id = ${id} order by id`,
  );
  const entries = Object.fromEntries(
    Object.entries(asJson<Record<string, FormatEntry> | null>(row.formats) ?? {})
      .filter(([key]) => key.startsWith('cutout'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const failed = jobs.find(({ state }) => state === 'failed');
  const wrong = failed ? `a job failed (${failed.reason_code})` : await faultOf(nodes, row, entries);
  return { entries, job: jobs.at(-1)?.state ?? null, wrong };
}

async function faultOf(
  nodes: Nodes,
  original: { hash: string; ext: string },
  entries: Record<string, FormatEntry>,
): Promise<string | null> {
  const read = async ({ hash, ext }: { hash: string; ext: string }) => {
    const response = await fetch(`${nodes.storage.url}/files/${encodeURIComponent(`${hash}${ext}`)}`);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
  };
  const bytes = await read(original);
  if (!bytes) return 'its original is missing';
  const source = createHash('sha256').update(bytes).digest('hex');
  for (const [key, entry] of Object.entries(entries)) {
    if (entry.cutout?.source !== source) return `${key} is of other bytes`;
    if (!(await read(entry))) return `the file of ${key} is missing`;
  }
  return null;
}
