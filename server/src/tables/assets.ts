import type { AssetWish } from '../words';
import { belongsToFile, fileReference, timestamps } from './shared';

export const ASSET = 'plugin::cutout.asset';

/** One row for each asset the plugin has had to do with. */
export interface AssetRow {
  id: number;
  fileId: number;
  /** Counts the asset's bytes: one higher after each replace or crop. A result of older bytes is dropped. */
  version: number;
  wish: AssetWish | null;
  /** The uploading request said no; only a later wish of a person counts. */
  optedOut: boolean;
}

export const assetTable = {
  uid: ASSET,
  tableName: 'cutout_assets',
  singularName: 'cutout-asset',
  attributes: {
    id: { type: 'increments' },
    fileId: fileReference,
    version: { type: 'integer', default: 1, column: { notNullable: true } },
    wish: { type: 'json' },
    optedOut: { type: 'boolean', default: false },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_assets_file_uq', type: 'unique', columns: ['file_id'] }],
  foreignKeys: [belongsToFile('cutout_assets')],
};
