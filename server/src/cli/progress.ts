import { MultiBar, type SingleBar } from 'cli-progress';
import type { WeightsProgress } from '../engines/local/weights';

/**
 * Progress on stderr: a bar with rate and time left on a terminal, nothing elsewhere. Lines said meanwhile go above
 * the bar.
 */
export interface Progress {
  /** How many of how many pictures. */
  pictures(done: number, total: number): void;
  weights(model: string, progress: WeightsProgress): void;
  line(text: string): void;
  stop(): void;
}

export function createProgress(shown: boolean): Progress {
  if (!shown || !process.stderr.isTTY) {
    return {
      pictures: () => undefined,
      weights: () => undefined,
      line: (text) => void process.stderr.write(`${text}\n`),
      stop: () => undefined,
    };
  }
  const bars = new MultiBar({
    stream: process.stderr,
    format: '{label} {bar} {amount} | {rate} | {left}',
    hideCursor: true,
    clearOnComplete: true,
    barsize: 28,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let bar: { key: string; view: SingleBar; since: number; from: number } | null = null;
  const show = (key: string, label: string, value: number, total: number, unit: Unit): void => {
    if (bar?.key !== key) {
      if (bar) bars.remove(bar.view);
      const blank = { label, amount: '', rate: '', left: '' };
      bar = { key, view: bars.create(total, value, blank), since: Date.now(), from: value };
    }
    const seconds = (Date.now() - bar.since) / 1000;
    bar.view.setTotal(total);
    bar.view.update(value, {
      label,
      ...speed(value - bar.from, total - value, seconds, unit),
      amount: unit.amount(value, total),
    });
  };
  return {
    pictures: (done, total) => show('pictures', 'cutouts', done, total, pictures),
    weights(model, { phase, bytes, total }) {
      if (phase === 'wait') show(`wait ${model}`, `${model}: waiting for another process`, 0, 1, megabytes);
      else show(`${phase} ${model}`, `${model}: ${phase}`, bytes, total ?? bytes, megabytes);
    },
    line: (text) => bars.log(`${text}\n`),
    stop() {
      // Lines are said with the next drawing; the last ones would be lost.
      bars.update();
      bars.stop();
    },
  };
}

interface Unit {
  amount(value: number, total: number): string;
  rate(perSecond: number): string;
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
const megabytes: Unit = {
  amount: (value, total) => `${mb(value)}/${mb(total)} MB`,
  rate: (perSecond) => `${mb(perSecond)} MB/s`,
};
const pictures: Unit = {
  amount: (value, total) => `${value}/${total}`,
  rate: (perSecond) => (perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(1 / perSecond).toFixed(1)} s each`),
};

/** Rate since the bar began, and the time left at that rate. */
export function speed(done: number, todo: number, seconds: number, unit: Unit): { rate: string; left: string } {
  if (done <= 0 || seconds <= 0) return { rate: '…', left: '…' };
  const perSecond = done / seconds;
  return { rate: unit.rate(perSecond), left: `${clock(todo / perSecond)} left` };
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
