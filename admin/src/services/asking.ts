import { adminApi } from '@strapi/strapi/admin';

import type { BulkPlan, EntriesRequest, EntriesResponse } from '../../../server/src/api/contracts';
import type { Answer } from './api';
import { useSendPlan, useSendRunChange } from './runs';

const api = adminApi.injectEndpoints({
  endpoints: (build) => ({
    askCutoutEntries: build.mutation<EntriesResponse['data'], EntriesRequest>({
      query: (data) => ({ url: '/cutout/entries', method: 'POST', data }),
      transformResponse: (response: EntriesResponse) => response.data,
    }),
  }),
});

/** What a dry run found, and what is left out of it. */
export interface Found {
  plan: BulkPlan;
  forbidden: number;
  unpaid: number;
}

/** Asks what would be made, and has it made. */
export interface Asking<F extends Found> {
  look: () => Answer<F>;
  /** Resolves to how many images were asked for. */
  start: (found: F) => Answer<number>;
  /** What was found is not started. */
  letGo?: (found: F) => void;
}

const counted = async <Data>(answer: Answer<Data>, count: (data: Data) => number): Answer<number> => {
  const done = await answer;
  return 'error' in done ? done : { data: count(done.data) };
};

/** The images of entries. */
export function useAskEntries(request: EntriesRequest): Asking<EntriesResponse['data']> {
  const [send] = api.useAskCutoutEntriesMutation();
  return {
    look: () => send(request),
    start: () => counted(send({ ...request, start: true }), ({ asked }) => asked),
  };
}

/** The images of a folder of the media library and of those in it, as a bulk run. @param folder `/Products/Shoes` */
export function useAskFolder(folder: string): Asking<Found & { id: number }> {
  const { send: plan } = useSendPlan();
  const { send: change } = useSendRunChange();
  return {
    async look() {
      const answer = await plan({ filter: { folder }, presets: ['default'] });
      if ('error' in answer) return answer;
      return { data: { id: answer.data.id, plan: answer.data.plan, forbidden: 0, unpaid: 0 } };
    },
    start: ({ id, plan: { make } }) => counted(change({ id, change: 'start' }), () => make),
    // A plan that stayed behind would stand in the list of runs as one not started, which does no harm.
    letGo: ({ id }) => void change({ id, change: 'cancel' }),
  };
}
