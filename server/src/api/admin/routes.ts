import { EDIT, PAY, READ, READ_USAGE } from './permissions';

/** The policy knows the role; what the role may do with the one file is asked in the controller. */
const route = (method: string, path: string, handler: string, ...actions: string[]) => ({
  method,
  path,
  handler: `admin.${handler}`,
  config: {
    policies: ['admin::isAuthenticatedAdmin', { name: 'admin::hasPermissions', config: { actions } }],
  },
});

export const adminRoutes = {
  type: 'admin',
  routes: [
    route('GET', '/overview', 'overview', READ),
    route('GET', '/usage', 'usage', READ_USAGE),
    route('POST', '/account/check', 'checkAccount', READ_USAGE, PAY),
    route('GET', '/assets/:id', 'findOne', READ),
    route('POST', '/assets/:id/run', 'run', EDIT),
    route('POST', '/assets/:id/cancel', 'cancel', EDIT),
    route('DELETE', '/assets/:id/wish', 'forgetWish', EDIT),
    route('DELETE', '/assets/:id', 'remove', EDIT),
  ],
};
