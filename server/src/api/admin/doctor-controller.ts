import type { Core } from '@strapi/strapi';
import { doctorOf } from '../../doctor';
import type { DoctorResponse } from '../contracts';
import { answering } from '../respond';

/** How this server and what it works with are; shapes in doctor-words.ts. */
export const doctorController = ({ strapi }: { strapi: Core.Strapi }) => ({
  find: answering(async (ctx) => {
    ctx.set('cache-control', 'no-store');
    ctx.body = { data: await doctorOf(strapi).examine() } satisfies DoctorResponse;
  }),
});
