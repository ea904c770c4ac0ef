/** Reading actions are called `find` and `findOne`, which a read-only API token may do. */
const route = (method: string, path: string, handler: string) => ({ method, path, handler });

export const contentRoutes = {
  type: 'content-api',
  routes: [
    route('GET', '/metrics', 'metrics.find'),
    route('GET', '/files', 'files.find'),
    route('GET', '/files/:id', 'files.findOne'),
    route('POST', '/files/:id/process', 'files.process'),
    route('GET', '/files/:id/variants/:preset', 'variants.findOne'),
    route('DELETE', '/files/:id/variants/:preset', 'variants.delete'),
    route('GET', '/jobs', 'jobs.find'),
    route('GET', '/jobs/:id', 'jobs.findOne'),
    route('POST', '/jobs/:id/cancel', 'jobs.cancel'),
    route('POST', '/jobs/:id/retry', 'jobs.retry'),
  ],
};
