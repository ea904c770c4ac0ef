import { adminApi } from '@strapi/strapi/admin';

import type { AssetResponse, AssetStatus, OverviewResponse, RunRequest } from '../../../server/src/api/contracts';

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
  }),
});

export const { useGetCutoutAssetQuery, useRunCutoutMutation, useGetCutoutOverviewQuery } = api;
