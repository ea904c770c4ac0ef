import type { StrapiApp } from '@strapi/strapi/admin';

import { addFieldSettings } from './field/addFieldSettings';
import { addCreditsPage } from './pages/addCreditsPage';
import { addPanel } from './panel/addPanel';
import { pluginId } from './pluginId';
import { registerTrads } from './translations';

export default {
  register(app: StrapiApp) {
    app.registerPlugin({ id: pluginId, name: pluginId });
    addCreditsPage(app);
  },

  bootstrap(app: Pick<StrapiApp, 'getPlugin'>) {
    addFieldSettings(app);
    addPanel(app);
  },

  registerTrads,
};
