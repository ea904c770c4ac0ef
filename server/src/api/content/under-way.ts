import type { AssetState } from '../../words';

const UNDER_WAY: readonly AssetState[] = ['queued', 'running', 'waiting'];

/** Whether a cutout may be there later without anybody's doing. */
export const isUnderWay = (state: AssetState): boolean => UNDER_WAY.includes(state);
