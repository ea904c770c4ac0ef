import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import { bulkRequest, type BulkView } from '../bulk-words';
import { parseInput } from './respond';

/** `strapi.plugin('cutout').service('bulk')`: for the command line, and for scripts of the app's own. */
export const bulkService = ({ strapi }: { strapi: Core.Strapi }) => {
  const bulk = () => getApp(strapi).bulk;
  return {
    plan: async (request: unknown): Promise<BulkView> => bulk().plan(parseInput(bulkRequest, request, 'request')),
    start: async (id: number): Promise<BulkView> => bulk().start(id),
    pause: async (id: number): Promise<BulkView> => bulk().pause(id),
    resume: async (id: number): Promise<BulkView> => bulk().resume(id),
    cancel: async (id: number): Promise<BulkView> => bulk().cancel(id),
    find: async (id: number): Promise<BulkView> => bulk().find(id),
    list: async (): Promise<BulkView[]> => bulk().list(),
  };
};
