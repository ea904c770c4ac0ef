import { BULK, EDIT, PAY, READ, READ_USAGE, SETTINGS } from './permissions';

/** The policy knows the role; what the role may do with the one file is asked in the controller. */
const route = (method: string, path: string, handler: string, ...actions: string[]) => ({
  method,
  path,
  handler: handler.includes('.') ? handler : `admin.${handler}`,
  config: {
    policies: ['admin::isAuthenticatedAdmin', { name: 'admin::hasPermissions', config: { actions } }],
  },
});

/** The same for who has any of these permissions. */
const routeForAny = (method: string, path: string, handler: string, ...actions: string[]) => ({
  ...route(method, path, handler),
  config: { policies: ['admin::isAuthenticatedAdmin', { name: 'plugin::cutout.has-any', config: { actions } }] },
});

export const adminRoutes = {
  type: 'admin',
  routes: [
    routeForAny('GET', '/overview', 'overview', READ, BULK),
    route('GET', '/doctor', 'doctor.find', SETTINGS),
    route('GET', '/settings', 'settings.find', SETTINGS),
    route('PUT', '/settings', 'settings.change', SETTINGS),
    route('PUT', '/settings/api-key', 'settings.setKey', SETTINGS),
    route('DELETE', '/settings/api-key', 'settings.forgetKey', SETTINGS),
    route('PUT', '/settings/presets/:name', 'settings.setPreset', SETTINGS),
    route('DELETE', '/settings/presets/:name', 'settings.removePreset', SETTINGS),
    route('PUT', '/settings/rules', 'settings.setRules', SETTINGS),
    route('GET', '/settings/reach', 'settings.reach', SETTINGS),
    route('GET', '/usage', 'usage.find', READ_USAGE),
    route('GET', '/usage/calls', 'usage.calls', READ_USAGE),
    route('GET', '/usage/export', 'usage.export', READ_USAGE),
    route('POST', '/usage/calls/:id/settle', 'usage.settle', READ_USAGE, PAY),
    route('POST', '/account/check', 'checkAccount', READ_USAGE, PAY),
    route('GET', '/bulk', 'bulk.find', BULK),
    route('POST', '/bulk', 'bulk.plan', BULK),
    route('GET', '/bulk/:id', 'bulk.findOne', BULK),
    route('POST', '/bulk/:id/start', 'bulk.start', BULK),
    route('POST', '/bulk/:id/pause', 'bulk.pause', BULK),
    route('POST', '/bulk/:id/resume', 'bulk.resume', BULK),
    route('POST', '/bulk/:id/cancel', 'bulk.cancel', BULK),
    route('GET', '/library', 'library.find', READ),
    routeForAny('GET', '/library/filters', 'library.filters', READ, BULK, SETTINGS),
    route('POST', '/entries', 'entries.run', EDIT),
    route('GET', '/assets', 'find', READ),
    route('POST', '/assets/run', 'many.run', EDIT),
    route('POST', '/assets/remove', 'many.remove', EDIT),
    route('GET', '/assets/:id', 'findOne', READ),
    route('POST', '/assets/:id/run', 'run', EDIT),
    route('POST', '/assets/:id/cancel', 'cancel', EDIT),
    route('POST', '/assets/:id/accept', 'accept', EDIT),
    route('DELETE', '/assets/:id/accept', 'takeBackAccept', EDIT),
    route('GET', '/assets/:id/matte', 'matte.find', READ),
    route('PUT', '/assets/:id/matte', 'matte.save', EDIT),
    route('DELETE', '/assets/:id/matte', 'matte.takeBack', EDIT),
    route('PUT', '/assets/:id/options', 'options.apply', EDIT),
    route('DELETE', '/assets/:id/options', 'options.takeBack', EDIT),
    route('GET', '/assets/:id/preview', 'matte.preview', READ),
    route('GET', '/assets/:id/editor', 'editor.findOne', READ),
    route('GET', '/assets/:id/original', 'editor.original', READ),
    route('DELETE', '/assets/:id/wish', 'forgetWish', EDIT),
    route('DELETE', '/assets/:id', 'remove', EDIT),
  ],
};
