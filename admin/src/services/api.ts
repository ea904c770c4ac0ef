import { adminApi, type useAPIErrorHandler } from '@strapi/strapi/admin';

import type {
  AssetResponse,
  AssetStatus,
  OverviewResponse,
  RunRequest,
  UsageResponse,
} from '../../../server/src/api/contracts';

const api = adminApi.enhanceEndpoints({ addTagTypes: ['CutoutAsset', 'CutoutOverview'] }).injectEndpoints({
  endpoints: (build) => ({
    getCutoutAsset: build.query<AssetStatus, number>({
      query: (fileId) => ({ url: `/cutout/assets/${fileId}`, method: 'GET' }),
      transformResponse: (response: AssetResponse) => response.data,
      providesTags: (_result, _error, fileId) => [{ type: 'CutoutAsset', id: fileId }],
    }),
    runCutout: build.mutation<AssetStatus, { fileId: number; request: RunRequest }>({
      query: ({ fileId, request }) => ({ url: `/cutout/assets/${fileId}/run`, method: 'POST', data: request }),
      transformResponse: (response: AssetResponse) => response.data,
      // The answer is shown at once; the refetch wins over a poll that left before the request and carries the old state.
      async onQueryStarted({ fileId }, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) dispatch(api.util.updateQueryData('getCutoutAsset', fileId, () => answer.data));
      },
      invalidatesTags: (_result, error, { fileId }) => (error ? [] : [{ type: 'CutoutAsset', id: fileId }]),
    }),
    getCutoutOverview: build.query<OverviewResponse['data'], void>({
      query: () => ({ url: '/cutout/overview', method: 'GET' }),
      transformResponse: (response: OverviewResponse) => response.data,
      providesTags: ['CutoutOverview'],
    }),
    getCutoutUsage: build.query<UsageResponse['data'], void>({
      query: () => ({ url: '/cutout/usage', method: 'GET' }),
      transformResponse: (response: UsageResponse) => response.data,
    }),
  }),
});

/** What the views need of a query. Written out, because the inferred types name a package that is not ours to name. */
export interface Query<Data> {
  data?: Data | undefined;
  isLoading: boolean;
  isFetching: boolean;
  isError: boolean;
  refetch(): unknown;
}

export type ApiError = Parameters<ReturnType<typeof useAPIErrorHandler>['_unstableFormatAPIError']>[0];

/** How an asset's cutout stands; read anew whenever a view that shows it opens. */
export function useAsset(fileId: number): Query<AssetStatus> {
  return api.useGetCutoutAssetQuery(fileId, { refetchOnMountOrArgChange: true });
}

/** The presets there are and how the engines stand. */
export function useOverview(): Query<OverviewResponse['data']> {
  return api.useGetCutoutOverviewQuery();
}

/** Credits, billing cycles and savings; read anew whenever their page opens. */
export function useUsage(): Query<UsageResponse['data']> {
  return api.useGetCutoutUsageQuery(undefined, { refetchOnMountOrArgChange: true });
}

type Send = (order: { fileId: number; request: RunRequest }) => Promise<{ data: AssetStatus } | { error: ApiError }>;

/** Orders a cutout; `isSending` until the server has answered. */
export function useSendRun(): { send: Send; isSending: boolean } {
  const [send, { isLoading }] = api.useRunCutoutMutation();
  return { send, isSending: isLoading };
}
