import { adminApi } from '@strapi/strapi/admin';

import type { DoctorReport, DoctorResponse } from '../../../server/src/api/contracts';
import type { Query } from './api';

const api = adminApi.injectEndpoints({
  endpoints: (build) => ({
    getCutoutDoctor: build.query<DoctorReport, void>({
      query: () => ({ url: '/cutout/doctor', method: 'GET' }),
      transformResponse: (response: DoctorResponse) => response.data,
    }),
  }),
});

/** Looks at everything the plugin needs, whenever the page opens. */
export function useDoctor(): Query<DoctorReport> {
  return api.useGetCutoutDoctorQuery(undefined, { refetchOnMountOrArgChange: true });
}
