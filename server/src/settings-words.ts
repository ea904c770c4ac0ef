import { z } from 'zod';

/** The words of the settings, which the store, the API and the admin share. */

/** Keys of the configuration that may be set in the admin, where `config/plugins` does not set them. */
export const settingKey = z.enum([
  'remote.budget.credits',
  'remote.budget.reserve',
  'remote.budget.atLimit',
  'local.reviewBelow',
]);
export type SettingKey = z.output<typeof settingKey>;

/** Where a value comes from: `config/plugins` (and the environment, which it reads), the admin, or nowhere. */
export const settingSource = z.enum(['configuration', 'admin', 'default']);
export type SettingSource = z.output<typeof settingSource>;

/** What is wrong with what was set in the admin, which is left out then; without a budget that can be read nothing is spent. */
export const settingsProblem = z.enum(['budget-unreadable', 'key-unreadable', 'invalid']);
export type SettingsProblem = z.output<typeof settingsProblem>;
