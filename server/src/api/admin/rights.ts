import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { MATTE_KEY } from '../../assets/keys';
import { CutoutError } from '../../errors';
import type { FormatEntry } from '../../tables/files';
import type { EngineName } from '../../words';
import { EDIT, PAY, READ } from './permissions';

export type Right = 'read' | 'edit' | 'pay';

/**
 * The permissions that each right takes for a file, those of the media library included. The answer of an edit shows
 * the file's addresses, so it takes the permission to read them too.
 */
const needs: Record<Right, string[]> = {
  read: [READ, 'plugin::upload.read'],
  edit: [EDIT, 'plugin::upload.read', 'plugin::upload.assets.update'],
  pay: [PAY],
};

const FILE = 'plugin::upload.file';

export interface FileRow {
  id: number;
  folderPath: string | null;
  formats: Record<string, FormatEntry> | null;
}

/** A file, and what the person who asks may do with it. */
export interface FileAccess {
  file: FileRow;
  can(right: Right): boolean;
  /** @throws CutoutError `asset.forbidden`, which names the permission */
  demand(right: Right): void;
}

/**
 * Loads a file as the media library's own controllers do: with its folder, its creator and the creator's roles, which
 * the conditions of a permission ("is creator" and a site's own) read.
 * @throws CutoutError `asset.missing`, and `asset.forbidden` where not even `right` is given
 */
export async function accessFile(strapi: Core.Strapi, ctx: Context, id: number, right: Right): Promise<FileAccess> {
  const populate = { folder: true, createdBy: { populate: ['roles'] } };
  const file = (await strapi.db.query(FILE).findOne({ where: { id }, populate })) as FileRow | null;
  if (!file) throw new CutoutError('asset.missing', `There is no asset ${id}.`);

  const ability = ctx.state.userAbility as { can(action: string, subject: unknown): boolean };
  const manager = strapi
    .service('admin::permission')
    .createPermissionsManager({ ability, action: 'plugin::upload.read', model: FILE });
  const subject = manager.toSubject({ ...file });
  const missing = (right: Right) => needs[right].find((action) => !ability.can(action, subject));
  const access: FileAccess = {
    file,
    can: (right) => missing(right) === undefined,
    demand(right) {
      const action = missing(right);
      if (action)
        throw new CutoutError('asset.forbidden', `For asset ${id} your role lacks the permission '${action}'.`);
    },
  };
  access.demand(right);
  return access;
}

/**
 * Whether a run by this engine may cost a credit, from what is known without reading the file: no where the asset
 * carries a paid matte, as it is used again.
 */
export function mayCost(engine: EngineName | undefined, file: FileRow, hasKey: boolean): boolean {
  if (!hasKey || !engine || engine === 'local') return false;
  return file.formats?.[MATTE_KEY]?.cutout?.engine !== 'remote';
}
