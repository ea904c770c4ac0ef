import type { Core } from '@strapi/strapi';
import { isAdoptable } from './adopt';
import { type Corrections, createCorrections } from './correct';
import { createObtain, type Obtain } from './obtain';
import { createOfAsset, type OfAsset } from './of-asset';
import { createMatteTable, type MatteKey, type MatteTable } from './table';
import type { AssetFile } from '../storage/original';

/** Mattes as things of their own: obtained once for their bytes, composed from as often as anybody likes. */
export interface Mattes extends Corrections {
  obtain: Obtain;
  ofAsset: OfAsset;
  /** Whether one is stored for these bytes, or came along with the asset. Nothing is fetched. */
  has(key: MatteKey, file: AssetFile): Promise<boolean>;
  table: MatteTable;
}

/** @param now milliseconds since the epoch, by the database's clock */
export function createMattes(strapi: Core.Strapi, now: () => number): Mattes {
  const table = createMatteTable(strapi, now);
  return {
    obtain: createObtain(strapi, table),
    ofAsset: createOfAsset(strapi, table),
    has: async (key, file) => (await table.find(key)) !== null || isAdoptable(strapi, key, file),
    table,
    ...createCorrections(strapi, table),
  };
}
