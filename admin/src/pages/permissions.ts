import { pluginId } from '../pluginId';

export const usagePermissions = [{ action: `plugin::${pluginId}.usage.read`, subject: null }];
