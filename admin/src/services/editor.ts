import { adminApi, getFetchClient } from '@strapi/strapi/admin';

import type { AssetResponse, AssetView, EditorResponse, OwnOptionsRequest } from '../../../server/src/api/contracts';
import type { Query } from './api';

const api = adminApi.injectEndpoints({
  endpoints: (build) => ({
    getCutoutEditor: build.query<EditorResponse['data'], string>({
      query: (named) => ({ url: `/cutout/assets/${encodeURIComponent(named)}/editor`, method: 'GET' }),
      transformResponse: (response: EditorResponse) => response.data,
    }),
  }),
});

/** What the editor begins with. @param named a numeric id or a documentId */
export function useEditorInfo(named: string): Query<EditorResponse['data']> {
  return api.useGetCutoutEditorQuery(named, { refetchOnMountOrArgChange: true });
}

const READ_MS = 3 * 60_000;

/** The original as a browser can paint on it, or the matte in the original's size. */
export async function readPicture(fileId: number, what: 'original' | 'matte', gone: AbortSignal): Promise<Blob> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(READ_MS)]);
  const url = `/cutout/assets/${fileId}/${what}`;
  return (await getFetchClient().get<Blob>(url, { responseType: 'blob', signal })).data;
}

/** A picture, or in the server's words what is wrong with the options. */
export type Preview = { picture: Blob } | { refusal: string };

/** What options would make of the stored matte. @param query options as an address has them */
export async function readPreview(fileId: number, query: string, gone: AbortSignal): Promise<Preview> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(READ_MS)]);
  const { data, status } = await getFetchClient().get<Blob>(`/cutout/assets/${fileId}/preview?${query}`, {
    responseType: 'blob',
    // The words of a refusal are in its body.
    validateStatus: () => true,
    signal,
  });
  if (status !== undefined && status < 300) return { picture: data };
  const said = JSON.parse(await data.text()) as { error?: { message?: string } };
  return { refusal: said.error?.message ?? '' };
}

/** Saves what was changed of a matte: a grey PNG, transparent where the stored one stays. */
export async function sendMatte(fileId: number, png: Blob): Promise<AssetView> {
  const form = new FormData();
  form.set('files', png, 'matte.png');
  const { data } = await getFetchClient().put<AssetResponse>(`/cutout/assets/${fileId}/matte?keep=transparent`, form);
  return data.data;
}

/** Gives an image options of its own for a preset. */
export async function sendOwnOptions(fileId: number, request: OwnOptionsRequest): Promise<AssetView> {
  const { data } = await getFetchClient().put<AssetResponse>(`/cutout/assets/${fileId}/options`, request);
  return data.data;
}

/** Goes back to the preset's options. */
export async function takeBackOwnOptions(fileId: number, preset: string): Promise<AssetView> {
  const route = `/cutout/assets/${fileId}/options?preset=${encodeURIComponent(preset)}`;
  const { data } = await getFetchClient().del<AssetResponse>(route);
  return data.data;
}

/** Goes back to the automatic matte. */
export async function takeBackMatte(fileId: number): Promise<AssetView> {
  const { data } = await getFetchClient().del<AssetResponse>(`/cutout/assets/${fileId}/matte`);
  return data.data;
}
