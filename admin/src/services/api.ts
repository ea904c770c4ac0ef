import { adminApi, type useAPIErrorHandler } from '@strapi/strapi/admin';

import type {
  AccountCheckResponse,
  AssetResponse,
  AssetView,
  OverviewResponse,
  RunRequest,
  UsageResponse,
} from '../../../server/src/api/contracts';

const reads = adminApi
  .enhanceEndpoints({ addTagTypes: ['CutoutAsset', 'CutoutOverview', 'CutoutUsage'] })
  .injectEndpoints({
    endpoints: (build) => ({
      getCutoutAsset: build.query<AssetView, number>({
        query: (fileId) => ({ url: `/cutout/assets/${fileId}`, method: 'GET' }),
        transformResponse: (response: AssetResponse) => response.data,
        providesTags: (_result, _error, fileId) => [{ type: 'CutoutAsset', id: fileId }],
      }),
      getCutoutOverview: build.query<OverviewResponse['data'], void>({
        query: () => ({ url: '/cutout/overview', method: 'GET' }),
        transformResponse: (response: OverviewResponse) => response.data,
        providesTags: ['CutoutOverview'],
      }),
      getCutoutUsage: build.query<UsageResponse['data'], void>({
        query: () => ({ url: '/cutout/usage', method: 'GET' }),
        transformResponse: (response: UsageResponse) => response.data,
        providesTags: ['CutoutUsage'],
      }),
    }),
  });

type Dispatch = (action: ReturnType<typeof reads.util.updateQueryData>) => unknown;

/** The answer is shown at once; the refetch wins over a poll that left before the request and carries the old state. */
async function showAtOnce(fileId: number, dispatch: Dispatch, answer: Promise<{ data: AssetView }>): Promise<void> {
  const answered = await answer.catch(() => null);
  if (answered) dispatch(reads.util.updateQueryData('getCutoutAsset', fileId, () => answered.data));
}

const api = reads.injectEndpoints({
  endpoints: (build) => ({
    runCutout: build.mutation<AssetView, { fileId: number; request: RunRequest }>({
      query: ({ fileId, request }) => ({ url: `/cutout/assets/${fileId}/run`, method: 'POST', data: request }),
      transformResponse: (response: AssetResponse) => response.data,
      onQueryStarted: ({ fileId }, { dispatch, queryFulfilled }) => showAtOnce(fileId, dispatch, queryFulfilled),
      invalidatesTags: (_result, error, { fileId }) => (error ? [] : [{ type: 'CutoutAsset', id: fileId }]),
    }),
    forgetCutoutWish: build.mutation<AssetView, number>({
      query: (fileId) => ({ url: `/cutout/assets/${fileId}/wish`, method: 'DELETE' }),
      transformResponse: (response: AssetResponse) => response.data,
      onQueryStarted: (fileId, { dispatch, queryFulfilled }) => showAtOnce(fileId, dispatch, queryFulfilled),
      invalidatesTags: (_result, error, fileId) => (error ? [] : [{ type: 'CutoutAsset', id: fileId }]),
    }),
    checkCutoutAccount: build.mutation<AccountCheckResponse['data'], void>({
      query: () => ({ url: '/cutout/account/check', method: 'POST' }),
      transformResponse: (response: AccountCheckResponse) => response.data,
      // Jobs that waited for the account look again, so everything on the screen may have changed.
      invalidatesTags: ['CutoutAsset', 'CutoutOverview', 'CutoutUsage'],
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

export interface AssetQuery extends Query<AssetView> {
  /** The media library does not let this user see the file. */
  isForbidden: boolean;
}

export type ApiError = Parameters<ReturnType<typeof useAPIErrorHandler>['_unstableFormatAPIError']>[0];

/** How an asset's cutout stands; read anew whenever a view that shows it opens. */
export function useAsset(fileId: number): AssetQuery {
  const query = api.useGetCutoutAssetQuery(fileId, { refetchOnMountOrArgChange: true });
  const isForbidden = query.isError && 'status' in query.error && query.error.status === 403;
  // What was read before the permission was taken away is shown no more.
  return { ...query, data: isForbidden ? undefined : query.data, isForbidden };
}

/** The presets there are and how the engines stand. */
export function useOverview(): Query<OverviewResponse['data']> {
  return api.useGetCutoutOverviewQuery();
}

/** Credits, billing cycles and savings; read anew whenever their page opens. */
export function useUsage(): Query<UsageResponse['data']> {
  return api.useGetCutoutUsageQuery(undefined, { refetchOnMountOrArgChange: true });
}

type Answer<Data> = Promise<{ data: Data } | { error: ApiError }>;

/** A request that changes something; `isSending` until the server has answered. */
interface Sending<Order extends unknown[], Data> {
  send: (...order: Order) => Answer<Data>;
  isSending: boolean;
}

/** Orders a cutout. */
export function useSendRun(): Sending<[{ fileId: number; request: RunRequest }], AssetView> {
  const [send, { isLoading }] = api.useRunCutoutMutation();
  return { send, isSending: isLoading };
}

/** Takes back what was asked for an asset alone. */
export function useSendForgetWish(): Sending<[number], AssetView> {
  const [send, { isLoading }] = api.useForgetCutoutWishMutation();
  return { send, isSending: isLoading };
}

/** Asks whether the account takes calls again. */
export function useSendCheckAccount(): Sending<[], AccountCheckResponse['data']> {
  const [send, { isLoading }] = api.useCheckCutoutAccountMutation();
  return { send, isSending: isLoading };
}
