import { adminApi } from '@strapi/strapi/admin';

import type {
  AssetResponse,
  AssetsResponse,
  AssetView,
  LibraryFiltersResponse,
  LibraryResponse,
  LibrarySearch,
  RunRequest,
} from '../../../server/src/api/contracts';
import type { ApiError, Query } from './api';

const api = adminApi.injectEndpoints({
  endpoints: (build) => ({
    getCutoutLibrary: build.query<LibraryResponse, LibrarySearch>({
      query: (search) => ({ url: `/cutout/library?${new URLSearchParams(search).toString()}`, method: 'GET' }),
    }),
    getCutoutLibraryFilters: build.query<LibraryFiltersResponse['data'], void>({
      query: () => ({ url: '/cutout/library/filters', method: 'GET' }),
      transformResponse: (response: LibraryFiltersResponse) => response.data,
    }),
    changeCutouts: build.mutation<AssetsResponse, ChangeOfMany>({
      query: ({ change, ids, request }) => ({
        url: `/cutout/assets/${change}`,
        method: 'POST',
        data: { ids, ...request },
      }),
    }),
    acceptCutout: build.mutation<AssetView, Acceptance>({
      query: ({ fileId, isAccepted }) => ({
        url: `/cutout/assets/${fileId}/accept`,
        method: isAccepted ? 'POST' : 'DELETE',
      }),
      transformResponse: (response: AssetResponse) => response.data,
    }),
  }),
});

/** `request` goes with `run`. */
export interface ChangeOfMany {
  change: 'run' | 'remove';
  ids: number[];
  request?: RunRequest;
}

interface Acceptance {
  fileId: number;
  isAccepted: boolean;
}

/** A page of the library's pictures; read anew whenever it is opened. */
export function useLibrary(search: LibrarySearch): Query<LibraryResponse> {
  return api.useGetCutoutLibraryQuery(search, { refetchOnMountOrArgChange: true });
}

/** Fields, folders and reasons to choose from. */
export function useLibraryFilters(): LibraryFiltersResponse['data'] | undefined {
  return api.useGetCutoutLibraryFiltersQuery(undefined, { refetchOnMountOrArgChange: true }).data;
}

type Answer<Data> = Promise<{ data: Data } | { error: ApiError }>;

export function useSendChangeOfMany(): {
  send: (change: ChangeOfMany) => Answer<AssetsResponse>;
  isSending: boolean;
} {
  const [send, { isLoading }] = api.useChangeCutoutsMutation();
  return { send, isSending: isLoading };
}

/** Writes down that a doubtful cutout is taken as it is, or takes that back. */
export function useSendAcceptance(): { send: (acceptance: Acceptance) => Answer<AssetView>; isSending: boolean } {
  const [send, { isLoading }] = api.useAcceptCutoutMutation();
  return { send, isSending: isLoading };
}
