import { adminController } from './api/admin/controller';
import { bulkController } from './api/admin/bulk-controller';
import { adminRoutes } from './api/admin/routes';
import { bulkService } from './api/bulk-service';
import { filesController } from './api/content/files';
import { jobsController } from './api/content/jobs';
import { metricsController } from './api/content/metrics';
import { contentRoutes } from './api/content/routes';
import { variantsController } from './api/content/variants';
import { rembgController } from './api/rembg/controller';
import { rembgRoutes } from './api/rembg/routes';
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
    files: filesController,
    jobs: jobsController,
    metrics: metricsController,
    rembg: rembgController,
    variants: variantsController,
  },
  services: { bulk: bulkService },
  routes: {
    admin: adminRoutes,
    'content-api': { ...contentRoutes, routes: [...contentRoutes.routes, ...rembgRoutes] },
  },
};
