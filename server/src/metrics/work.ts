import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import type { JobRow } from '../tables/jobs';

/** What one process has done since its start. Labels are words of ours, so their number is bounded. */
export interface WorkMetrics {
  ended(job: Pick<JobRow, 'state' | 'engine' | 'reasonCode' | 'chosen'>, seconds: number): void;
  /** As JSON, which others can read; each value is labelled with this process. */
  read(): Promise<ProcessMetrics>;
}

export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** @param pids of the picture children that live now */
export function createWorkMetrics(pids: () => number[]): WorkMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: `${hostname()}:${process.pid}` });
  const registers = [registry];
  const ended = new Counter({
    name: 'cutout_job_runs_total',
    help: 'Runs of jobs by how they ended; waiting is queued again.',
    labelNames: ['outcome', 'engine', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'cutout_job_duration_seconds',
    help: 'How long runs of jobs took.',
    labelNames: ['outcome', 'engine'],
    buckets: SECONDS,
    registers,
  });
  new Gauge({
    name: 'cutout_picture_children_memory_bytes',
    help: 'Resident memory of the picture children together; Linux only.',
    registers,
    async collect() {
      const sizes = await Promise.all(pids().map(residentBytes));
      this.set(sizes.reduce((total, size) => total + size, 0));
    },
  });
  return {
    ended(job, took) {
      const outcome = job.state === 'queued' ? 'waiting' : job.state;
      const engine = job.chosen?.engine ?? job.engine;
      ended.inc({ outcome, engine, code: job.reasonCode ?? 'none' });
      seconds.observe({ outcome, engine }, took);
    },
    read: () => registry.getMetricsAsJSON(),
  };
}

/** 0 where the system does not tell. */
export const residentBytes = (pid: number): Promise<number> => bytesOf(pid, /VmRSS:\s+(\d+) kB/);

/** The most that it has held since it began; 0 where the system does not tell. */
export const peakBytes = (pid: number): Promise<number> => bytesOf(pid, /VmHWM:\s+(\d+) kB/);

async function bytesOf(pid: number, line: RegExp): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(line.exec(status)?.[1] ?? 0) * 1024;
}
