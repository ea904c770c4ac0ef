import { adminApi, getFetchClient, type useAPIErrorHandler } from '@strapi/strapi/admin';

import type {
  AccountCheckResponse,
  AssetResponse,
  AssetsResponse,
  AssetView,
  CallResponse,
  CallsResponse,
  CallView,
  OverviewResponse,
  RunRequest,
  UsageResponse,
} from '../../../server/src/api/contracts';

const api = adminApi.enhanceEndpoints({ addTagTypes: ['CutoutOverview', 'CutoutUsage'] }).injectEndpoints({
  endpoints: (build) => ({
    getCutoutOverview: build.query<OverviewResponse['data'], void>({
      query: () => ({ url: '/cutout/overview', method: 'GET' }),
      transformResponse: (response: OverviewResponse) => response.data,
      providesTags: ['CutoutOverview'],
    }),
    getCutoutUsage: build.query<UsageResponse['data'], { period: string; ask: boolean }>({
      query: ({ period, ask }) => ({ url: withQuery('/cutout/usage', ask ? 'ask=1' : '', period), method: 'GET' }),
      transformResponse: (response: UsageResponse) => response.data,
      providesTags: ['CutoutUsage'],
    }),
    getCutoutCalls: build.query<CallsResponse, CallsAsked>({
      query: ({ period, outcome, page }) => ({
        url: withQuery('/cutout/usage/calls', `outcome=${outcome}&page=${page}`, period),
        method: 'GET',
      }),
      providesTags: ['CutoutUsage'],
    }),
    settleCutoutCall: build.mutation<CallView, { id: number; charged: boolean }>({
      query: ({ id, charged }) => ({ url: `/cutout/usage/calls/${id}/settle`, method: 'POST', data: { charged } }),
      transformResponse: (response: CallResponse) => response.data,
      invalidatesTags: ['CutoutUsage'],
    }),
    changeCutout: build.mutation<AssetView, AssetChange>({
      query: ({ fileId, change, request }) => ({ ...routes[change](fileId), data: request }),
      transformResponse: (response: AssetResponse) => response.data,
    }),
    checkCutoutAccount: build.mutation<AccountCheckResponse['data'], void>({
      query: () => ({ url: '/cutout/account/check', method: 'POST' }),
      transformResponse: (response: AccountCheckResponse) => response.data,
      invalidatesTags: ['CutoutOverview', 'CutoutUsage'],
    }),
  }),
});

/** What a person does to one asset's cutout; `request` goes with `run`. */
export interface AssetChange {
  fileId: number;
  change: 'run' | 'forgetWish' | 'remove';
  request?: RunRequest;
}

const routes = {
  run: (fileId: number) => ({ url: `/cutout/assets/${fileId}/run`, method: 'POST' as const }),
  forgetWish: (fileId: number) => ({ url: `/cutout/assets/${fileId}/wish`, method: 'DELETE' as const }),
  remove: (fileId: number) => ({ url: `/cutout/assets/${fileId}`, method: 'DELETE' as const }),
};

/** Paid calls of a period, or (`unknown`) all that are to be settled. */
export interface CallsAsked {
  /** As in the page's address; empty for the cycle under way. */
  period: string;
  outcome: 'paid' | 'unknown';
  page: number;
}

const withQuery = (url: string, ...parts: string[]) => [url, parts.filter(Boolean).join('&')].filter(Boolean).join('?');

/** A request that hangs must not end the following of a page. */
const READ_MS = 30_000;

/** How these assets' cutouts stand. */
export async function readAssets(ids: number[]): Promise<AssetsResponse> {
  const signal = AbortSignal.timeout(READ_MS);
  const { data } = await getFetchClient().get<AssetsResponse>(`/cutout/assets?ids=${ids.join(',')}`, { signal });
  return data;
}

/** What the views need of a query. Written out, because the inferred types name a package that is not ours to name. */
export interface Query<Data> {
  data?: Data | undefined;
  isLoading: boolean;
  isFetching: boolean;
  isError: boolean;
  refetch(): unknown;
}

export type ApiError = Parameters<ReturnType<typeof useAPIErrorHandler>['_unstableFormatAPIError']>[0];

/** The presets there are and how the engines stand. */
export function useOverview(): Query<OverviewResponse['data']> {
  return api.useGetCutoutOverviewQuery();
}

export interface UsageRead extends Query<UsageResponse['data']> {
  /** The account is being asked; what is shown of it is what it told last. */
  isAsking: boolean;
}

/**
 * Credits, billing cycles and savings, read anew whenever their page opens: at once as they are known here, and once more
 * when the account has answered. What is shown is of one reading, the newest.
 * @param period as in the page's address; empty for the cycle under way
 */
export function useUsage(period: string): UsageRead {
  const options = { refetchOnMountOrArgChange: true };
  const known = api.useGetCutoutUsageQuery({ period, ask: false }, options);
  const asked = api.useGetCutoutUsageQuery({ period, ask: true }, options);
  const reads = [asked.currentData, known.currentData].flatMap((data) => data ?? []);
  const newest = reads.reduce<UsageResponse['data'] | undefined>(
    (best, read) => (best && best.now >= read.now ? best : read),
    undefined,
  );
  return {
    data: newest ?? asked.data ?? known.data,
    isLoading: known.isLoading && asked.isLoading,
    isFetching: known.isFetching || asked.isFetching,
    isError: known.isError,
    isAsking: asked.isFetching,
    refetch: () => {
      void known.refetch();
      void asked.refetch();
    },
  };
}

/** Paid calls, page by page. */
export function useCalls(asked: CallsAsked): Query<CallsResponse> {
  return api.useGetCutoutCallsQuery(asked, { refetchOnMountOrArgChange: true });
}

/** A period's ledger as a file. */
export async function readExport(period: string): Promise<Blob> {
  const url = withQuery('/cutout/usage/export', period);
  const { data } = await getFetchClient().get<Blob>(url, { responseType: 'blob' });
  return data;
}

export type Answer<Data> = Promise<{ data: Data } | { error: ApiError }>;

/** A request that changes something; `isSending` until the server has answered. */
interface Sending<Order extends unknown[], Data> {
  send: (...order: Order) => Answer<Data>;
  isSending: boolean;
}

/** Changes one asset's cutout. */
export function useSendChange(): Sending<[AssetChange], AssetView> {
  const [send, { isLoading }] = api.useChangeCutoutMutation();
  return { send, isSending: isLoading };
}

/** Asks whether the account takes calls again. */
export function useSendCheckAccount(): Sending<[], AccountCheckResponse['data']> {
  const [send, { isLoading }] = api.useCheckCutoutAccountMutation();
  return { send, isSending: isLoading };
}

/** Says how a call of unknown outcome ended. */
export function useSendSettle(): Sending<[{ id: number; charged: boolean }], CallView> {
  const [send, { isLoading }] = api.useSettleCutoutCallMutation();
  return { send, isSending: isLoading };
}
