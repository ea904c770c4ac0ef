import { useRBAC } from '@strapi/strapi/admin';

import { pluginId } from '../pluginId';

const named = (actions: string[]) =>
  actions.map((action) => ({ action: `plugin::${pluginId}.${action}`, subject: null }));
const forPanel = named(['read']);
const forAccount = named(['pay', 'usage.read']);

/** Whether this user may see cutouts; what may be done with one image the server says with the image's state. */
export function useMayRead(): boolean {
  return useRBAC(forPanel).allowedActions.canRead === true;
}

/** Whether this user may have the account checked; no until it is known. */
export function useMayCheckAccount(): boolean {
  // Strapi names the answers by the last part of an action, so this `canRead` is of `usage.read`.
  const { canPay, canRead } = useRBAC(forAccount).allowedActions;
  return canPay === true && canRead === true;
}
