import type { Core } from '@strapi/strapi';
import { MATTE, type MatteRow, type MatteState } from '../tables/mattes';
import type { EngineId } from '../words';

/** What a stored matte is found by: the bytes it belongs to, and what made it. */
export interface MatteKey {
  sourceHash: string;
  engine: EngineId;
  model: string;
  /** Hash of the model's weights; empty where it has none. */
  weights: string;
}

/** The rows of `cutout_mattes`. */
export interface MatteTable {
  /** The stored one that an engine made, if there is one. */
  find(key: MatteKey): Promise<MatteRow | null>;
  /** The one a person made for this asset of these bytes, if it was not taken back. */
  findCorrected(fileId: number, sourceHash: string): Promise<MatteRow | null>;
  /** The newest one that a paid call made. */
  findPaid(ledgerId: number): Promise<MatteRow | null>;
  /** Those that were put aside because they cannot be read. */
  damagedOf(key: MatteKey): Promise<MatteRow[]>;
  add(row: Omit<MatteRow, 'id' | 'createdAt' | 'usedAt'>): Promise<MatteRow>;
  update(id: number, data: Partial<MatteRow>): Promise<boolean>;
  /** Notes that pictures were composed from it, and what that told. */
  used(id: number, facts: Pick<MatteRow, 'confidence' | 'subject'>): Promise<void>;
  /** Takes it out of use: its bytes may get another. */
  putAside(id: number, state: Extract<MatteState, 'damaged' | 'gone' | 'replaced'>): Promise<void>;
  remove(id: number): Promise<void>;
}

export const claimOf = ({ sourceHash, engine, model, weights }: MatteKey): string =>
  // Weights name the model better than its id; a card without a checksum has only that.
  `${engine}:${(weights || model).slice(0, 64)}:${sourceHash}`;

export function createMatteTable(strapi: Core.Strapi, now: () => number): MatteTable {
  const mattes = () => strapi.db.query(MATTE);
  const findOne = async (where: Record<string, unknown>): Promise<MatteRow | null> =>
    (await mattes().findOne({ where, orderBy: { id: 'desc' } })) as MatteRow | null;
  const update = async (id: number, data: Partial<MatteRow>): Promise<boolean> => {
    const stamped = { ...data, updatedAt: new Date(now()) };
    return (await mattes().updateMany({ where: { id }, data: stamped })).count === 1;
  };

  return {
    find: (key) => findOne({ claim: claimOf(key), state: 'stored' }),
    findCorrected: (fileId, sourceHash) =>
      findOne({ sourceHash, state: 'stored', fileId, parentId: { $notNull: true } }),
    findPaid: (ledgerId) => findOne({ ledgerId }),
    async damagedOf({ sourceHash, engine, model }) {
      const where = { sourceHash, engine, model, state: 'damaged' };
      return (await mattes().findMany({ where })) as MatteRow[];
    },
    async add(row) {
      const at = new Date(now());
      return (await mattes().create({ data: { ...row, usedAt: at, createdAt: at, updatedAt: at } })) as MatteRow;
    },
    update,
    async used(id, facts) {
      await update(id, { ...facts, usedAt: new Date(now()) });
    },
    async putAside(id, state) {
      await update(id, { state, claim: null });
    },
    async remove(id) {
      await mattes().deleteMany({ where: { id } });
    },
  };
}
