import { useEffect, useRef } from 'react';

import { isActive, pollDelay } from '../panel/polling';
import { type AssetQuery, useAsset } from '../services/api';

export interface AssetStatusOptions {
  /** A field asks for this cutout, so a job is expected soon after opening or saving the entry. */
  expected: boolean;
  /** Changes when the entry is saved: the state is read anew. */
  revision: string;
}

/** An asset's state, followed while something happens to it: every second at first, more slowly later. */
export function useAssetStatus(fileId: number, { expected, revision }: AssetStatusOptions): AssetQuery {
  const query = useAsset(fileId);
  const { data, isFetching, refetch } = query;
  const state = data?.state ?? 'none';

  const active = isActive(state);
  const since = useRef(0);
  useEffect(() => {
    since.current = Date.now();
  }, [active, revision]);

  useEffect(() => {
    if (isFetching || !data) return undefined;
    const delay = pollDelay(state, Date.now() - since.current, expected);
    if (delay === null) return undefined;
    const timer = setTimeout(() => void refetch(), delay);
    return () => clearTimeout(timer);
  }, [data, state, isFetching, expected, revision, refetch]);

  const read = useRef(revision);
  useEffect(() => {
    if (read.current === revision) return;
    read.current = revision;
    void refetch();
  }, [revision, refetch]);

  return query;
}
