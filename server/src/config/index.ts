import { CutoutError } from '../errors';
import { type Config, configSchema } from './schema';
import { sentenceOf } from './sentence';

/**
 * Checks `config/plugins` → `cutout.config`.
 * @throws CutoutError `config.invalid`, one sentence that names the key, what was expected and what was received.
 */
export function parseConfig(input: unknown): Config {
  const result = configSchema.safeParse(input ?? {}, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CutoutError(
    'config.invalid',
    issue ? sentenceOf(issue, configSchema) : 'plugin::cutout: the configuration is not valid.',
  );
}
