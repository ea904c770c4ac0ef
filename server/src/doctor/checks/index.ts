import type { Check } from '../check';
import { account } from './account';
import { clock } from './clock';
import { database } from './database';
import { events } from './events';
import { folders } from './folders';
import { memory } from './memory';
import { model } from './model';
import { nodes } from './nodes';
import { queue } from './queue';
import { redis } from './redis';
import { rounds } from './rounds';
import { runtime } from './runtime';
import { settings } from './settings';
import { sharp } from './sharp';
import { versions } from './versions';
import { workers } from './workers';

export const allChecks: readonly Check[] = [
  ...[model, runtime, sharp, workers, memory],
  ...[queue, redis, nodes, rounds, events],
  ...[settings, account, folders, database, clock, versions],
];
