import type { Core, UID } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { allMediaPopulate, fileIdsOf } from '../../rules/media-fields';
import type { EntriesRequest } from '../contracts';

/** The content manager's own judge of what a person may do with entries of a type. */
interface EntryChecker {
  cannot: { read(entry?: object): boolean };
  /** The entry without the fields that they may not read. */
  sanitizeOutput(entry: object): Promise<object>;
}

type Entry = Record<string, unknown> & { documentId: string };

/**
 * The files in these entries, drafts and published ones, in components and dynamic zones too, so far as this person may
 * read them in the content manager. The same number of statements however many entries there are.
 * @throws CutoutError `options.invalid` for an unknown type, `asset.forbidden` for one that this person may not read
 */
export async function filesOfEntries(
  strapi: Core.Strapi,
  ctx: Context,
  { contentType, documentIds, locale }: EntriesRequest,
): Promise<{ fileIds: number[]; entries: number }> {
  const model = strapi.contentTypes[contentType as UID.ContentType];
  if (!model) throw invalid(`expected the uid of a content type, received '${contentType}'`);
  const checker = strapi
    .plugin('content-manager')
    .service('permission-checker')
    .create({ userAbility: ctx.state.userAbility, model: contentType }) as EntryChecker;
  if (checker.cannot.read()) {
    throw new CutoutError('asset.forbidden', `Your role may not read entries of ${contentType}.`);
  }
  const media = allMediaPopulate(strapi, contentType);
  const isLocalized = (model.pluginOptions as { i18n?: { localized?: boolean } } | undefined)?.i18n?.localized === true;
  const found = (await strapi.db.query(contentType).findMany({
    where: { documentId: { $in: documentIds }, ...(isLocalized && locale ? { locale } : {}) },
    // Conditions of permissions ("is creator") go by these.
    populate: { ...media, createdBy: { populate: ['roles'] } },
  })) as Entry[];
  const readable = found.filter((entry) => !checker.cannot.read(entry));
  const seen = await Promise.all(readable.map((entry) => checker.sanitizeOutput(entry)));
  return {
    fileIds: media ? [...new Set(seen.flatMap((entry) => fileIdsOf(entry, media)))] : [],
    entries: new Set(readable.map(({ documentId }) => documentId)).size,
  };
}

const invalid = (message: string) =>
  new CutoutError('options.invalid', `contentType: ${message}`, { details: [{ field: 'contentType', message }] });
