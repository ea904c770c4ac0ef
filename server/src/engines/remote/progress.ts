/** What the documents' progress callbacks receive; `upload` or `download` tells the direction. */
export interface ProgressEvent {
  /** Bytes so far. */
  loaded: number;
  /** Bytes in all, if known. */
  total?: number;
  /** 0…1, if `total` is known. */
  progress?: number;
  /** Bytes since the last event. */
  bytes: number;
  /** Bytes a second, once measured. */
  rate?: number;
  /** Seconds left, once `rate` and `total` are known. */
  estimated?: number;
  /** Whether `total` is known. */
  lengthComputable: boolean;
  upload?: true;
  download?: true;
}

export type OnProgress = (event: ProgressEvent) => void;

/** Events come at most this often, except the last. */
const intervalMs = 100;
/** A rate over a shorter time would be noise. */
const measuredMs = 250;

/** Counts bytes of one direction of one attempt and tells `listener` now and then, and when all of `total` is there. */
export function progressMeter(
  direction: 'upload' | 'download',
  total: number | undefined,
  listener: OnProgress | undefined,
  now: () => number = () => performance.now(),
): (bytes: number) => void {
  const started = now();
  let loaded = 0;
  let told = 0;
  let toldAt = -Infinity;
  return (bytes) => {
    loaded += bytes;
    const time = now();
    if (!listener || bytes === 0 || (time - toldAt < intervalMs && loaded !== total)) return;
    const rate = time - started < measuredMs ? undefined : (loaded / (time - started)) * 1000;
    tellQuietly(listener, {
      loaded,
      total,
      progress: total === undefined ? undefined : loaded / total,
      bytes: loaded - told,
      rate,
      estimated: rate === undefined || total === undefined ? undefined : (total - loaded) / rate,
      lengthComputable: total !== undefined,
      [direction]: true,
    });
    told = loaded;
    toldAt = time;
  };
}

/** Calls a listener from outside, whose own trouble must not break what it listens to. */
export function tellQuietly<T>(listener: (event: T) => unknown, event: T): void {
  try {
    // An async function is a listener too.
    Promise.resolve(listener(event)).catch(() => undefined);
  } catch {
    // Nobody to tell: a log of ours would be printed in somebody's script.
  }
}
