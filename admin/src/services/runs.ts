import { adminApi } from '@strapi/strapi/admin';

import type {
  BulkListResponse,
  BulkRequest,
  BulkResponse,
  BulkStart,
  BulkView,
} from '../../../server/src/api/contracts';
import { useIsHidden } from '../hooks/useIsHidden';
import type { Answer, Query } from './api';

const api = adminApi.enhanceEndpoints({ addTagTypes: ['CutoutRun'] }).injectEndpoints({
  endpoints: (build) => ({
    getCutoutRuns: build.query<BulkView[], void>({
      query: () => ({ url: '/cutout/bulk', method: 'GET' }),
      transformResponse: (response: BulkListResponse) => response.data,
      providesTags: ['CutoutRun'],
    }),
    getCutoutRun: build.query<BulkView, number>({
      query: (id) => ({ url: `/cutout/bulk/${id}`, method: 'GET' }),
      transformResponse: (response: BulkResponse) => response.data,
      providesTags: ['CutoutRun'],
    }),
    planCutoutRun: build.mutation<BulkView, BulkRequest>({
      query: (data) => ({ url: '/cutout/bulk', method: 'POST', data }),
      transformResponse: (response: BulkResponse) => response.data,
      invalidatesTags: ['CutoutRun'],
    }),
    changeCutoutRun: build.mutation<BulkView, RunChange>({
      query: ({ id, change, start }) => ({ url: `/cutout/bulk/${id}/${change}`, method: 'POST', data: start ?? {} }),
      transformResponse: (response: BulkResponse) => response.data,
      invalidatesTags: ['CutoutRun'],
    }),
  }),
});

/** `start` goes with the change of that name. */
export interface RunChange {
  id: number;
  change: 'start' | 'pause' | 'resume' | 'cancel';
  start?: BulkStart;
}

const EVERY_MS = 2_000;

/** Whether it changes by itself. */
export const isLive = ({ state, ending }: Pick<BulkView, 'state' | 'ending'>): boolean =>
  state === 'running' || ending !== null;

/** The newest runs; looked at again while one of them goes on and the page is seen. */
export function useRuns(): Query<BulkView[]> {
  const { data } = api.endpoints.getCutoutRuns.useQueryState();
  const isSilent = useIsHidden() || !data?.some(isLive);
  return api.useGetCutoutRunsQuery(undefined, { ...readAnew, pollingInterval: isSilent ? 0 : EVERY_MS });
}

/** One run; looked at again while it goes on and the page is seen. */
export function useRun(id: number): Query<BulkView> {
  const { data } = api.endpoints.getCutoutRun.useQueryState(id);
  const isSilent = useIsHidden() || !data || !isLive(data);
  return api.useGetCutoutRunQuery(id, { ...readAnew, pollingInterval: isSilent ? 0 : EVERY_MS });
}

const readAnew = { refetchOnMountOrArgChange: true } as const;

/** The dry run, which is kept as a run that may be started. */
export function useSendPlan(): { send: (request: BulkRequest) => Answer<BulkView>; isSending: boolean } {
  const [send, { isLoading }] = api.usePlanCutoutRunMutation();
  return { send, isSending: isLoading };
}

export function useSendRunChange(): { send: (change: RunChange) => Answer<BulkView>; isSending: boolean } {
  const [send, { isLoading }] = api.useChangeCutoutRunMutation();
  return { send, isSending: isLoading };
}
