import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { needs } from './rights';

const FILE = 'plugin::upload.file';

type Query = ReturnType<Core.Strapi['db']['getConnection']>;

/**
 * Narrows a query of the table of files, named `f`, to those that this person may see: the conditions of a permission
 * ("is creator" and a site's own) become conditions of the query, as in the media library's own list.
 * @throws CutoutError `asset.forbidden` where no file may be seen
 */
export function onlyReadable(strapi: Core.Strapi, ctx: Context): (query: Query) => void {
  const ability = ctx.state.userAbility as unknown;
  const conditions = needs.read.flatMap((action) => {
    const manager = strapi.service('admin::permission').createPermissionsManager({ ability, action, model: FILE });
    if (!manager.isAllowed) throw new CutoutError('asset.forbidden', `Your role lacks the permission '${action}'.`);
    return manager.getQuery() ?? [];
  });
  return (query) => {
    for (const filters of conditions) {
      const { where } = strapi.get('query-params').transform(FILE, { filters });
      const ids = strapi.db
        .queryBuilder(FILE)
        .init({ select: ['id'], where })
        .getKnexQuery();
      query.whereIn('f.id', ids);
    }
  };
}
