import { pluginId } from '../../../pluginId';

const settingsPath = `/plugins/${pluginId}/settings`;

export { settingsPath };
export const newPresetPath = `${settingsPath}/new-preset`;
export const presetPath = (name: string): string => `${settingsPath}/presets/${encodeURIComponent(name)}`;
