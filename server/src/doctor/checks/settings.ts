import type { Fact } from '../../doctor-words';
import { canEncrypt } from '../../settings/api-key';
import { readInForce } from '../../settings/in-force';
import { itemsOf } from '../../settings/items';
import { readStored } from '../../settings/stored';
import type { SettingsProblem } from '../../settings-words';
import { type Check, count, type Finding, finding, LIMIT_MS, well, yesNo } from '../check';

/** What was set in the admin: whether it can be read, and goes with `config/plugins`. */
export const settings: Check = {
  id: 'settings',
  limitMs: LIMIT_MS,
  async look({ strapi }) {
    const { problem } = await readInForce(strapi);
    const set = itemsOf(await readStored(strapi)).length;
    return judgeSettings(problem, [count('set', set), yesNo('encrypts', canEncrypt(strapi))]);
  },
};

export function judgeSettings(problem: SettingsProblem | null, facts: Fact[]): Finding {
  if (problem === null) return well(facts);
  // The others keep images waiting.
  return finding(problem === 'invalid' ? 'warning' : 'error', `settings.${problem}`, facts);
}
