import { useRBAC } from '@strapi/strapi/admin';

import { pluginId } from '../pluginId';

const permissions = ['read', 'edit'].map((action) => ({ action: `plugin::${pluginId}.${action}`, subject: null }));

/** What the plugin's permissions let this user do; nothing until they are known. */
export function useAllowed(): { canRead: boolean; canEdit: boolean } {
  const { allowedActions } = useRBAC(permissions);
  return { canRead: allowedActions.canRead === true, canEdit: allowedActions.canEdit === true };
}
