import sharp from 'sharp';
import type { PoolTasks, TaskName } from '../contract';
import { convert } from './convert';
import { correct } from './correct';
import { cutout } from './cutout';
import { inspect } from './inspect';

// Process-wide settings of libvips. Its operation cache would hold pictures that are never asked for again.
sharp.cache(false);

/** Those that need it. */
export const tasks: {
  [N in Exclude<TaskName, 'copy' | 'examine'>]: (task: PoolTasks[N]['task']) => Promise<PoolTasks[N]['result']>;
} = {
  cutout,
  inspect,
  convert,
  correct,
};
