import { stat } from 'node:fs/promises';
import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import type { Ledger } from '../usage/ledger';
import { isLapsed } from '../usage/reservation-lease';
import { keepMatte } from './keep';
import { REMOTE_MODEL } from './remote-engine';
import type { Spool } from './spool';
import type { MatteTable } from './table';

export interface FlushOptions {
  strapi: Core.Strapi;
  spool: Spool;
  table: MatteTable;
  ledger: Pick<Ledger, 'find' | 'settle'>;
  now: () => number;
  /** The matte of these bytes is stored: what waited for it, or was held because of it, may go on. */
  onStored: (sourceHash: string) => Promise<void>;
}

/**
 * Stores what a paid call left in the spool: its process died before it could, or the provider was away. Pictures of
 * calls under way, here or in another process of this machine, are left to them.
 */
export function createFlush({ strapi, spool, table, ledger, now, onStored }: FlushOptions): () => Promise<void> {
  const flushOne = async (id: number): Promise<void> => {
    const entry = await ledger.find(id);
    if (!entry) return spool.drop(id);
    if (entry.outcome === 'reserved' && !isLapsed(entry, now())) return;
    const known = await table.findPaid(id);
    if (known?.state !== 'stored') {
      const path = await spool.fileFor(id);
      const picture = { path, ext: '.png', mime: 'image/png', width: 0, height: 0, bytes: (await stat(path)).size };
      const key = { sourceHash: entry.sourceHash, engine: 'remote' as const, model: REMOTE_MODEL, weights: '' };
      const facts = { confidence: null, subject: null, ledgerId: id, source: entry.source };
      await keepMatte(strapi, table, { key, picture, ...facts });
    }
    await ledger.settle(id, 'charged', null);
    await spool.drop(id);
    await onStored(entry.sourceHash);
  };

  return async () => {
    for (const id of await spool.waiting()) {
      await flushOne(id).catch((error: unknown) =>
        strapi.log.warn(`[cutout] a paid matte (ledger ${id}) could not be stored yet: ${messageOf(error)}`),
      );
    }
  };
}
