import { adminApi } from '@strapi/strapi/admin';

import type { MediaFile } from '../panel/entryImages';
import type { Query } from './api';

/** A folder of the media library with those in it. */
export interface Folder {
  id: number;
  name: string;
  children?: Folder[];
}

/** `Asset` is the media library's own tag: its queries and these are read anew together. */
const api = adminApi.enhanceEndpoints({ addTagTypes: ['Asset'] }).injectEndpoints({
  endpoints: (build) => ({
    getCutoutFile: build.query<MediaFile, number>({
      query: (id) => ({ url: `/upload/files/${id}`, method: 'GET' }),
      providesTags: (_file, _error, id) => [{ type: 'Asset', id }],
    }),
    getCutoutFolders: build.query<Folder[], void>({
      query: () => ({ url: '/upload/folder-structure', method: 'GET' }),
      transformResponse: (response: { data: Folder[] }) => response.data,
    }),
  }),
});

/** A file as the media library has it now. */
export function useFile(id: number): Pick<Query<MediaFile>, 'data'> {
  const { currentData } = api.useGetCutoutFileQuery(id);
  return { data: currentData };
}

export function useFolders(): Pick<Query<Folder[]>, 'data'> {
  return api.useGetCutoutFoldersQuery(undefined, { refetchOnMountOrArgChange: true });
}
