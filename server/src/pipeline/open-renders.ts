import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { failureSentence } from '../file-fault';
import { createRenders, type Renders } from '../renders';

/** A folder that cannot be used is told of once in a while, not with every picture. */
const TELL_EVERY_MS = 60_000;

/** Rendered pictures in the folder that the configuration names. */
export function openRenders(strapi: Core.Strapi, { render }: Config): Renders {
  let toldAt = -Infinity;
  const onFault = (error: unknown): void => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    const what = 'The folder of rendered pictures (render.cacheDir) cannot be used';
    strapi.log.warn(`[cutout] ${failureSentence(error, what)}`);
  };
  return createRenders({ ...render, dir: resolve(strapi.dirs.app.root, render.cacheDir), onFault });
}
