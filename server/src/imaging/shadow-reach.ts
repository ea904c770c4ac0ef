import type { Shadow } from '../options/schema';

/** A Gaussian ends here to the eye. */
export const REACH = 3;

/** Pixels by which a shadow is seen beyond its subject, on each side. */
export function shadowReach({ blur, offset }: Shadow): { top: number; right: number; bottom: number; left: number } {
  const blurred = (REACH * blur) / 2;
  const beyond = (moved: number): number => Math.max(0, Math.ceil(blurred + moved));
  return { top: beyond(-offset.y), right: beyond(offset.x), bottom: beyond(offset.y), left: beyond(-offset.x) };
}
