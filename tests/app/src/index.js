'use strict';

/** `CUTOUT_ENGINE` sends the product's photos to another engine than the schemas say: the demo's `--remote` uses it. */
module.exports = {
  register({ strapi }) {
    const engine = process.env.CUTOUT_ENGINE;
    if (!engine) return;
    const models = [strapi.contentTypes['api::product.product'], ...Object.values(strapi.components)];
    for (const attribute of models.flatMap((model) => Object.values(model.attributes))) {
      if (attribute.pluginOptions?.cutout?.enabled) attribute.pluginOptions.cutout.engine = engine;
    }
  },
};
