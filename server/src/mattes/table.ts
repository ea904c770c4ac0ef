import type { Core } from '@strapi/strapi';
import { MATTE, type MatteRow, type MatteState } from '../tables/mattes';
import { betterOrSame, type Effort, type EngineId } from '../words';

/** What a stored matte is found by: the bytes it belongs to, and what made it. */
export interface MatteKey {
  sourceHash: string;
  engine: EngineId;
  model: string;
  /** Hash of the model's weights; empty where it has none. */
  weights: string;
  /** What the local engine took upon itself; absent where there is no choice, as with the service. */
  effort?: Effort | undefined;
}

/** The rows of `cutout_mattes`. */
export interface MatteTable {
  /** The stored one that an engine made with this effort or more, the best there is. */
  find(key: MatteKey): Promise<MatteRow | null>;
  /** All that `find` chooses from. */
  findAll(key: MatteKey): Promise<MatteRow[]>;
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

export const claimOf = ({ sourceHash, engine, model, weights, effort = 'balanced' }: MatteKey): string => {
  // Weights name the model better than its id; a card without a checksum has only that.
  const claim = `${engine}:${(weights || model).slice(0, 64)}:${sourceHash}`;
  return effort === 'balanced' ? claim : `${claim}:${effort}`;
};

/** Claims of all that will do for a key, the best first. */
const claimsFor = (key: MatteKey): string[] =>
  key.effort === undefined ? [claimOf(key)] : betterOrSame(key.effort).map((effort) => claimOf({ ...key, effort }));

export function createMatteTable(strapi: Core.Strapi, now: () => number): MatteTable {
  const mattes = () => strapi.db.query(MATTE);
  const findOne = async (where: Record<string, unknown>): Promise<MatteRow | null> =>
    (await mattes().findOne({ where, orderBy: { id: 'desc' } })) as MatteRow | null;
  const update = async (id: number, data: Partial<MatteRow>): Promise<boolean> => {
    const stamped = { ...data, updatedAt: new Date(now()) };
    return (await mattes().updateMany({ where: { id }, data: stamped })).count === 1;
  };

  return {
    async find(key) {
      const claims = claimsFor(key);
      const rows = (await mattes().findMany({ where: { claim: { $in: claims }, state: 'stored' } })) as MatteRow[];
      return claims.flatMap((claim) => rows.filter((row) => row.claim === claim))[0] ?? null;
    },
    async findAll(key) {
      const where = { claim: { $in: claimsFor(key) }, state: 'stored' };
      return (await mattes().findMany({ where })) as MatteRow[];
    },
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
