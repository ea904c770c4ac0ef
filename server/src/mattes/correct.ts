import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import type { PictureFile } from '../imaging/picture';
import type { MatteRow } from '../tables/mattes';
import { MATTE } from '../tables/mattes';
import { discardMatte } from './discard';
import { storeMatte } from './keep';
import type { MatteTable } from './table';

export interface Correction {
  /** The matte it was made from. */
  parent: MatteRow;
  fileId: number;
  /** 8-bit grey PNG of the oriented original's size. */
  picture: PictureFile;
  /** Who made it, as the admin names its users. */
  madeBy: string | null;
}

/** Mattes that a person corrected. Each belongs to one asset: another asset of the same bytes never sees it. */
export interface Corrections {
  /** Stores a corrected matte. Nothing is made of it before `use`. */
  store(correction: Correction): Promise<MatteRow>;
  /** It takes the place of the asset's last one. Joins the transaction under way. */
  use(row: MatteRow): Promise<void>;
  /** One that was stored and is not used after all. */
  discard(row: MatteRow): Promise<void>;
  /** The asset goes by the engine's matte again. Joins the transaction under way. */
  takeBack(fileId: number): Promise<void>;
}

export function createCorrections(strapi: Core.Strapi, table: MatteTable): Corrections {
  const putAside = async (fileId: number): Promise<void> => {
    const where = { fileId, state: 'stored' };
    const older = (await strapi.db.query(MATTE).findMany({ select: ['id'], where })) as Pick<MatteRow, 'id'>[];
    for (const { id } of older) await table.putAside(id, 'replaced');
  };

  return {
    async store({ parent, fileId, picture, madeBy }) {
      const foreign = parent.fileId !== null && parent.fileId !== fileId;
      if (foreign || parent.state !== 'stored') {
        throw new CutoutError('options.invalid', `Expected a stored matte of asset ${fileId} to correct.`);
      }
      const { sourceHash, engine, model, weights } = parent;
      return storeMatte(strapi, table, {
        ...{ key: { sourceHash, engine, model, weights }, picture, ledgerId: null, source: 'admin' },
        ...{ confidence: null, subject: null },
        correction: { parentId: parent.id, fileId, madeBy },
      });
    },
    async use({ id, fileId, format }) {
      if (fileId !== null) await putAside(fileId);
      await table.update(id, { format, state: 'stored' });
    },
    async discard(row) {
      await discardMatte(strapi, row);
    },
    takeBack: putAside,
  };
}
