import type { Core } from '@strapi/strapi';
import { type Formats, lockFile, writeFile } from '../assets/formats';
import { MATTE_KEY } from '../assets/keys';
import { inTransaction } from '../transaction';

/**
 * Writes down with an asset's matte that a person takes it as it is, or takes that back. It goes when the matte is made
 * anew.
 * @returns whether there is a matte
 */
export function setAccepted(strapi: Core.Strapi, fileId: number, isAccepted: boolean): Promise<boolean> {
  return inTransaction(strapi, async (scope) => {
    const file = await lockFile(strapi, scope, fileId);
    const matte = file?.formats?.[MATTE_KEY];
    if (!file?.formats || !matte?.cutout) return false;
    const { accepted = false, ...cutout } = matte.cutout;
    if (accepted !== isAccepted) {
      const changed = { ...matte, cutout: { ...cutout, ...(isAccepted ? { accepted: true as const } : {}) } };
      await writeFile(strapi, fileId, { formats: { ...file.formats, [MATTE_KEY]: changed } });
    }
    return true;
  });
}

/** What is made anew from the matte that was accepted stays accepted. */
export function keepAccepted(before: Formats | null, entries: Formats): Formats {
  const old = before?.[MATTE_KEY]?.cutout;
  const made = entries[MATTE_KEY];
  if (!old?.accepted || !made?.cutout || old.matte === undefined || old.matte !== made.cutout.matte) return entries;
  return { ...entries, [MATTE_KEY]: { ...made, cutout: { ...made.cutout, accepted: true } } };
}
