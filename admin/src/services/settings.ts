import { adminApi, getFetchClient } from '@strapi/strapi/admin';

import type {
  ApiKeyChange,
  PresetChange,
  ReachResponse,
  RulesChange,
  SettingsChange,
  SettingsResponse,
  SettingsView,
} from '../../../server/src/api/contracts';
import type { Answer, ApiError, Query } from './api';

const api = adminApi.enhanceEndpoints({ addTagTypes: ['CutoutSettings'] }).injectEndpoints({
  endpoints: (build) => ({
    getCutoutSettings: build.query<SettingsView, void>({
      query: () => ({ url: '/cutout/settings', method: 'GET' }),
      transformResponse: (response: SettingsResponse) => response.data,
      providesTags: ['CutoutSettings'],
    }),
    changeCutoutSettings: build.mutation<SettingsView, SettingsChange>({
      query: (data) => ({ url: '/cutout/settings', method: 'PUT', data }),
      transformResponse: (response: SettingsResponse) => response.data,
      invalidatesTags: ['CutoutSettings'],
    }),
    setCutoutPreset: build.mutation<SettingsView, PresetChange & { name: string }>({
      query: ({ name, ...data }) => ({ url: presetUrl(name), method: 'PUT', data }),
      transformResponse: (response: SettingsResponse) => response.data,
      invalidatesTags: ['CutoutSettings'],
    }),
    removeCutoutPreset: build.mutation<SettingsView, { name: string; version: number }>({
      query: ({ name, version }) => ({ url: `${presetUrl(name)}?version=${version}`, method: 'DELETE' }),
      transformResponse: (response: SettingsResponse) => response.data,
      invalidatesTags: ['CutoutSettings'],
    }),
    setCutoutRules: build.mutation<SettingsView, RulesChange>({
      query: (data) => ({ url: '/cutout/settings/rules', method: 'PUT', data }),
      transformResponse: (response: SettingsResponse) => response.data,
      invalidatesTags: ['CutoutSettings'],
    }),
    getCutoutReach: build.query<number, string | undefined>({
      query: (folder) => {
        const query = folder === undefined ? '' : `?${new URLSearchParams({ folder }).toString()}`;
        return { url: `/cutout/settings/reach${query}`, method: 'GET' };
      },
      transformResponse: (response: ReachResponse) => response.data.images,
    }),
    forgetCutoutKey: build.mutation<SettingsView, number>({
      query: (version) => ({ url: `/cutout/settings/api-key?version=${version}`, method: 'DELETE' }),
      transformResponse: (response: SettingsResponse) => response.data,
      invalidatesTags: ['CutoutSettings'],
    }),
  }),
});

const presetUrl = (name: string): string => `/cutout/settings/presets/${encodeURIComponent(name)}`;

interface Sending<Order> {
  send: (order: Order) => Answer<SettingsView>;
  isSending: boolean;
}

/** What the plugin goes by, read anew whenever its page opens. */
export function useSettings(): Query<SettingsView> {
  return api.useGetCutoutSettingsQuery(undefined, { refetchOnMountOrArgChange: true });
}

export function useSendSettings(): Sending<SettingsChange> {
  const [send, { isLoading }] = api.useChangeCutoutSettingsMutation();
  return { send, isSending: isLoading };
}

export function useSendPreset(): Sending<PresetChange & { name: string }> {
  const [send, { isLoading }] = api.useSetCutoutPresetMutation();
  return { send, isSending: isLoading };
}

export function useRemovePreset(): Sending<{ name: string; version: number }> {
  const [send, { isLoading }] = api.useRemoveCutoutPresetMutation();
  return { send, isSending: isLoading };
}

export function useSendRules(): Sending<RulesChange> {
  const [send, { isLoading }] = api.useSetCutoutRulesMutation();
  return { send, isSending: isLoading };
}

/** How many pictures a folder has, or the library; null until it is known, and for a folder that is gone. */
export function useReach(folder: string | undefined): number | null {
  return api.useGetCutoutReachQuery(folder, { refetchOnMountOrArgChange: true }).currentData ?? null;
}

/** Past the cache of requests, which would keep the key for as long as the page is open. */
export async function sendKey(order: ApiKeyChange): Answer<SettingsView> {
  try {
    const { data } = await getFetchClient().put<SettingsResponse>('/cutout/settings/api-key', order);
    return { data: data.data };
  } catch (error) {
    return { error: error as ApiError };
  }
}

export function useForgetKey(): Sending<number> {
  const [send, { isLoading }] = api.useForgetCutoutKeyMutation();
  return { send, isSending: isLoading };
}
