import { CutoutError } from '../../../errors';
import type { ModelCard } from '../card';

/** @throws CutoutError `model.license` for a model that may not earn money, unless `accepted` names it. */
export function requireLicense({ id, license }: ModelCard, accepted: readonly string[]): void {
  if (license.commercial || accepted.includes(id)) return;
  throw new CutoutError(
    'model.license',
    `The licence of model "${id}" (${license.id}) forbids commercial use. Read ${license.url}, and if your use is allowed, accept it with local.acceptLicense: ["${id}"].`,
  );
}
