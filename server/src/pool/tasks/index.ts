import sharp from 'sharp';
import type { PoolTasks, TaskName } from '../contract';
import { convert } from './convert';
import { cutout } from './cutout';
import { inspect } from './inspect';

// Process-wide settings of libvips. Its operation cache would hold pictures that are never asked for again.
sharp.cache(false);

export const tasks: { [N in TaskName]: (task: PoolTasks[N]['task']) => Promise<PoolTasks[N]['result']> } = {
  cutout,
  inspect,
  convert,
};
