/** The plugin's name in Strapi: prefix of its routes, of its translation keys and of `pluginOptions`. */
export const pluginId = 'cutout';
