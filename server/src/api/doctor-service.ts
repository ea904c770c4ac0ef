import type { Core } from '@strapi/strapi';
import { doctorOf } from '../doctor';
import type { DoctorReport } from '../doctor-words';

/** `strapi.plugin('cutout').service('doctor')`: for the command line, and for scripts of the app's own. */
export const doctorService = ({ strapi }: { strapi: Core.Strapi }) => ({
  examine: async (): Promise<DoctorReport> => doctorOf(strapi).examine(),
});
