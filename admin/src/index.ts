import type { StrapiApp } from '@strapi/strapi/admin';

import { addListAction } from './bulk/addListAction';
import { addFieldSettings } from './field/addFieldSettings';
import { addMediaField } from './media-field/addMediaField';
import { addToMediaLibrary } from './media-library/addToMediaLibrary';
import { addPages } from './pages/addPages';
import { addPanel } from './panel/addPanel';
import { pluginId } from './pluginId';
import { registerTrads } from './translations';
import { addWidget } from './widget/addWidget';

export default {
  register(app: StrapiApp) {
    app.registerPlugin({ id: pluginId, name: pluginId });
    addPages(app);
    addMediaField(app);
    addToMediaLibrary(app);
    addWidget(app);
  },

  bootstrap(app: Pick<StrapiApp, 'getPlugin'>) {
    addFieldSettings(app);
    addPanel(app);
    addListAction(app);
  },

  registerTrads,
};
