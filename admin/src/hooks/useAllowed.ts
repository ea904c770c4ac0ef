import { type Permission, useAuth, useRBAC } from '@strapi/strapi/admin';

import { pluginId } from '../pluginId';

const named = (actions: string[]) =>
  actions.map((action) => ({ action: `plugin::${pluginId}.${action}`, subject: null }));
const none: Permission[] = [];

/** Whether Strapi knows what the user may do; it draws menus and pages before. */
export const useIsUserKnown = (): boolean => useAuth('Cutout', ({ isLoading }) => !isLoading);

/** `useRBAC` answers once for the same permissions: asked before they are known, it would say no for ever. */
const useRights = (permissions: ReturnType<typeof named>) =>
  useRBAC(useIsUserKnown() ? permissions : none).allowedActions;

const forPanel = named(['read']);
const forEdit = named(['edit']);
const forBulk = named(['bulk']);
const forPay = named(['pay']);
const forSettings = named(['settings']);
const forAccount = named(['pay', 'usage.read']);

/** Whether this user may see cutouts; what may be done with one image the server says with the image's state. */
export function useMayRead(): boolean {
  return useRights(forPanel).canRead === true;
}

/** Whether this user may have the account checked; no until it is known. */
export function useMayCheckAccount(): boolean {
  // Strapi names the answers by the last part of an action, so this `canRead` is of `usage.read`.
  const { canPay, canRead } = useRights(forAccount);
  return canPay === true && canRead === true;
}

/** Whether this user may have cutouts made. */
export function useMayEdit(): boolean {
  return useRights(forEdit).canEdit === true;
}

/** Whether this user may have them made of whole folders. */
export function useMayBulk(): boolean {
  return useRights(forBulk).canBulk === true;
}

/** Whether this user may spend credits; no until it is known. */
export function useMayPay(): boolean {
  return useRights(forPay).canPay === true;
}

/** Whether this user may set presets and rules. */
export function useMaySettings(): boolean {
  return useRights(forSettings).canSettings === true;
}

/** Whether this user may settle paid calls by hand, which takes the same permissions. */
export const useMaySettle = useMayCheckAccount;
