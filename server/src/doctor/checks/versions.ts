import { packageVersion } from '../../package-root';
import { type Check, LIMIT_MS, textFact, well } from '../check';

/** A Strapi that is too old does not start with the plugin, see `strapi-version`. */
export const versions: Check = {
  id: 'versions',
  limitMs: LIMIT_MS,
  async look({ strapi }) {
    const told: unknown = strapi.config.get('info.strapi');
    return well([
      textFact('strapi', typeof told === 'string' ? told : null),
      textFact('plugin', packageVersion()),
      textFact('node-js', process.version),
      textFact('system', `${process.platform} ${process.arch}`),
    ]);
  },
};
