import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import type { AssetRow } from '../tables/assets';
import { folderNames } from './folders';
import { fieldsUsing } from './usages';
import { collectWants, type Wants } from './wants';

/** A file with what the plugin knows of it. */
export interface WantedFile {
  id: number;
  folderPath: string | null;
  asset: Pick<AssetRow, 'wish' | 'optedOut'> | null;
}

/** What is wanted of each of these files now, in a handful of queries however many they are. */
export async function readWants(
  strapi: Core.Strapi,
  rules: Config['rules'],
  files: readonly WantedFile[],
): Promise<Map<number, Wants | null>> {
  const fields = await fieldsUsing(
    strapi,
    files.map(({ id }) => id),
  );
  // Names are read only where a rule goes by them.
  const hasFolderRules = Object.keys(rules.folders).length > 0;
  const folderOf = hasFolderRules
    ? await folderNames(
        strapi,
        files.map(({ folderPath }) => folderPath),
      )
    : () => '/';
  return new Map(
    files.map(({ id, folderPath, asset }) => [
      id,
      collectWants({ fields: fields.get(id) ?? [], folder: folderOf(folderPath), asset, rules }),
    ]),
  );
}
