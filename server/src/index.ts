import { adminController } from './api/admin/controller';
import { adminRoutes } from './api/admin/routes';
import { contentRoutes, metricsController } from './api/content/metrics';
import { bootstrap, destroy } from './bootstrap';
import { parseConfig } from './config';
import { register } from './register';

export default {
  config: { default: {}, validator: parseConfig },
  register,
  bootstrap,
  destroy,
  controllers: { admin: adminController, metrics: metricsController },
  routes: { admin: adminRoutes, 'content-api': contentRoutes },
};
