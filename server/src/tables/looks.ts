import type { PlanRequest } from '../words';
import { timestamps } from './shared';

export const LOOK = 'plugin::cutout.look';

/**
 * "Look at this asset": all that the plugin writes within somebody else's transaction. It refers to nothing and is
 * unique in nothing, so that writing it never waits for anybody and nobody waits for it.
 */
export interface LookRow {
  id: number;
  fileId: number;
  request: PlanRequest;
  /** Failed tries to act on it. */
  tries: number;
  createdAt: Date | string | number;
}

export const lookTable = {
  uid: LOOK,
  tableName: 'cutout_looks',
  singularName: 'cutout-look',
  attributes: {
    id: { type: 'increments' },
    fileId: { type: 'integer', column: { unsigned: true, notNullable: true } },
    request: { type: 'json' },
    tries: { type: 'integer', default: 0, column: { notNullable: true } },
    ...timestamps,
  },
  indexes: [],
};
