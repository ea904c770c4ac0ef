import type { AssetState } from '../../words';

const UNDER_WAY: readonly AssetState[] = ['queued', 'running', 'waiting'];
/** Where nobody knows when it will be done. */
const COME_BACK_S = 2;

/** Whether a cutout may be there later without anybody's doing. */
export const isUnderWay = (state: AssetState): boolean => UNDER_WAY.includes(state);

/** `Retry-After` in seconds. @param at when a waiting job is tried again; null for any other */
export const secondsTo = (at: string | null): number =>
  at === null ? COME_BACK_S : Math.max(1, Math.ceil((Date.parse(at) - Date.now()) / 1000));
