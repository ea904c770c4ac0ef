import { pluginId } from '../pluginId';

const named = (action: string) => [{ action: `plugin::${pluginId}.${action}`, subject: null }];

export const readPermissions = named('read');
export const bulkPermissions = named('bulk');
export const payPermissions = named('pay');
export const settingsPermissions = named('settings');
export const usagePermissions = named('usage.read');
