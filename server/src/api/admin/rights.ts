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
export const needs: Record<Right, string[]> = {
  read: [READ, 'plugin::upload.read'],
  edit: [EDIT, 'plugin::upload.read', 'plugin::upload.assets.update'],
  pay: [PAY],
};

const FILE = 'plugin::upload.file';

export interface FileRow {
  id: number;
  name: string;
  url: string;
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
  const access = (await accessFiles(strapi, ctx, [id])).get(id);
  if (!access) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
  access.demand(right);
  return access;
}

/** The same of many, whatever may be done with them, in as many queries as for one. Those that are not there are left out. */
export async function accessFiles(
  strapi: Core.Strapi,
  ctx: Context,
  ids: readonly number[],
): Promise<Map<number, FileAccess>> {
  const populate = { folder: true, createdBy: { populate: ['roles'] } };
  const where = { id: { $in: [...ids] } };
  const files = (await strapi.db.query(FILE).findMany({ where, populate })) as FileRow[];
  const ability = ctx.state.userAbility as Ability;
  const manager = strapi
    .service('admin::permission')
    .createPermissionsManager({ ability, action: 'plugin::upload.read', model: FILE });
  return new Map(files.map((file) => [file.id, accessTo(file, ability, manager.toSubject({ ...file }))]));
}

interface Ability {
  can(action: string, subject: unknown): boolean;
}

function accessTo(file: FileRow, ability: Ability, subject: unknown): FileAccess {
  const missing = (right: Right) => needs[right].find((action) => !ability.can(action, subject));
  return {
    file,
    can: (right) => missing(right) === undefined,
    demand(right) {
      const action = missing(right);
      if (!action) return;
      throw new CutoutError('asset.forbidden', `For asset ${file.id} your role lacks the permission '${action}'.`);
    },
  };
}

/**
 * Whether a run by this engine may cost a credit, from what is known without reading the file: no where the asset
 * carries a paid matte, as it is used again.
 */
export function mayCost(engine: EngineName | undefined, file: FileRow, hasKey: boolean): boolean {
  if (!hasKey || !engine || engine === 'local') return false;
  return file.formats?.[MATTE_KEY]?.cutout?.engine !== 'remote';
}
