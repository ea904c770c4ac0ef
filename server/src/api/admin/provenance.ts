import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { findCard } from '../../engines/local/cards';
import { LEDGER, type LedgerRow } from '../../tables/ledger';
import type { Provenance } from '../../tables/files';
import { MATTE, type MatteRow } from '../../tables/mattes';
import type { EditorResponse } from '../contracts';

type Told = EditorResponse['data']['provenance'];

/** All that is known of where an asset's matte came from. */
export async function readProvenance(strapi: Core.Strapi, fileId: number, made: Provenance): Promise<Told> {
  const { engine, model, source, effort = null, corrected } = made;
  const newest = async (where: object): Promise<MatteRow | null> =>
    (await strapi.db.query(MATTE).findOne({ where: { state: 'stored', ...where }, orderBy: { id: 'desc' } })) as never;
  const automatic = await newest({ sourceHash: source, engine, model, parentId: { $null: true } });
  const correction = corrected ? await newest({ fileId, sourceHash: source, parentId: { $notNull: true } }) : null;
  return {
    ...{ engine, model, effort, source },
    license: engine === 'local' ? licenseOf(strapi, model) : null,
    madeAt: timeOf(automatic),
    correctedAt: timeOf(correction),
    credits: await creditsOf(strapi, automatic),
  };
}

const timeOf = (row: MatteRow | null): string | null => row && new Date(row.createdAt).toISOString();

async function creditsOf(strapi: Core.Strapi, matte: MatteRow | null): Promise<number> {
  if (matte?.ledgerId == null) return 0;
  const where = { id: matte.ledgerId, outcome: 'charged' };
  const paid = (await strapi.db.query(LEDGER).findOne({ select: ['credits'], where })) as LedgerRow | null;
  return paid?.credits ?? 0;
}

/** A card that was taken away, or that cannot be read any more, says nothing. */
function licenseOf(strapi: Core.Strapi, model: string): Told['license'] {
  const { modelsDir } = getApp(strapi).config.local;
  try {
    const { license } = findCard(model, modelsDir === null ? null : resolve(strapi.dirs.app.root, modelsDir));
    return { id: license.id, url: license.url };
  } catch {
    return null;
  }
}
