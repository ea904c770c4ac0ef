import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { folderName } from './folders';
import { fieldsUsing } from './usages';
import { collectWants, type WantInputs, type Wants } from './wants';

/** What is wanted of an asset now, read from the fields that use it and the folder it lies in. */
export async function readWants(
  strapi: Core.Strapi,
  rules: Config['rules'],
  file: { id: number; folderPath: string | null },
  asset: WantInputs['asset'],
): Promise<Wants | null> {
  const fields = await fieldsUsing(strapi, file.id);
  const folder = await folderName(strapi, file.folderPath);
  return collectWants({ fields, folder, asset, rules });
}
