import { EDIT, READ, READ_USAGE } from './permissions';

const route = (method: string, path: string, handler: string, action: string) => ({
  method,
  path,
  handler: `admin.${handler}`,
  config: {
    policies: ['admin::isAuthenticatedAdmin', { name: 'admin::hasPermissions', config: { actions: [action] } }],
  },
});

export const adminRoutes = {
  type: 'admin',
  routes: [
    route('GET', '/overview', 'overview', READ),
    route('GET', '/usage', 'usage', READ_USAGE),
    route('GET', '/assets/:id', 'findOne', READ),
    route('POST', '/assets/:id/run', 'run', EDIT),
    route('DELETE', '/assets/:id', 'remove', EDIT),
  ],
};
