import { BULK, EDIT, PAY, READ, READ_USAGE } from './permissions';

/** The policy knows the role; what the role may do with the one file is asked in the controller. */
const route = (method: string, path: string, handler: string, ...actions: string[]) => ({
  method,
  path,
  handler: handler.includes('.') ? handler : `admin.${handler}`,
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
    route('GET', '/bulk', 'bulk.find', BULK),
    route('POST', '/bulk', 'bulk.plan', BULK),
    route('GET', '/bulk/:id', 'bulk.findOne', BULK),
    route('POST', '/bulk/:id/start', 'bulk.start', BULK),
    route('POST', '/bulk/:id/pause', 'bulk.pause', BULK),
    route('POST', '/bulk/:id/resume', 'bulk.resume', BULK),
    route('POST', '/bulk/:id/cancel', 'bulk.cancel', BULK),
    route('GET', '/assets/:id', 'findOne', READ),
    route('POST', '/assets/:id/run', 'run', EDIT),
    route('POST', '/assets/:id/cancel', 'cancel', EDIT),
    route('DELETE', '/assets/:id/wish', 'forgetWish', EDIT),
    route('DELETE', '/assets/:id', 'remove', EDIT),
  ],
};
