import { adminController } from './api/admin/controller';
import { doctorController } from './api/admin/doctor-controller';
import { settingsController } from './api/admin/settings-controller';
import { bulkController } from './api/admin/bulk-controller';
import { entriesController } from './api/admin/entries-controller';
import { libraryController } from './api/admin/library-controller';
import { manyController } from './api/admin/many-controller';
import { editorController } from './api/admin/editor-controller';
import { hasAny } from './api/admin/has-any';
import { matteController } from './api/admin/matte-controller';
import { optionsController } from './api/admin/options-controller';
import { adminRoutes } from './api/admin/routes';
import { usageController } from './api/admin/usage-controller';
import { bulkService } from './api/bulk-service';
import { doctorService } from './api/doctor-service';
import { eventsController } from './api/content/events';
import { filesController } from './api/content/files';
import { jobsController } from './api/content/jobs';
import { metricsController } from './api/content/metrics';
import { renderController } from './api/content/render';
import { variantsController } from './api/content/variants';
import { routeOf } from './api/endpoint';
import { endpoints } from './api/endpoints';
import { openapiController } from './api/openapi/controller';
import { rembgController } from './api/rembg/controller';
import { bootstrap, destroy } from './bootstrap';
import { parseConfig } from './config';
import { register } from './register';

export default {
  config: { default: {}, validator: parseConfig },
  register,
  bootstrap,
  destroy,
  controllers: {
    admin: adminController,
    bulk: bulkController,
    doctor: doctorController,
    settings: settingsController,
    entries: entriesController,
    library: libraryController,
    many: manyController,
    matte: matteController,
    options: optionsController,
    editor: editorController,
    events: eventsController,
    files: filesController,
    jobs: jobsController,
    metrics: metricsController,
    openapi: openapiController,
    rembg: rembgController,
    render: renderController,
    usage: usageController,
    variants: variantsController,
  },
  policies: { 'has-any': hasAny },
  services: { bulk: bulkService, doctor: doctorService },
  routes: {
    admin: adminRoutes,
    'content-api': { type: 'content-api', routes: endpoints.map(routeOf) },
  },
};
