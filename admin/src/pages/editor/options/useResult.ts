import { useEffect, useState } from 'react';

import { readPreview } from '../../../services/editor';

interface Result {
  /** Address of the newest picture that has arrived. */
  url: string | null;
  /** What is wrong with the options, in the server's words; empty where nobody knows. */
  refusal: string | null;
  isComing: boolean;
}

/** After the last change; then the server makes it in less than twice that. */
const PAUSE_MS = 120;

/** The picture of these options. The newest answer wins, and the last picture stays until it is there. */
export function useResult(fileId: number, version: string, query: string): Result {
  const [result, setResult] = useState<Result>({ url: null, refusal: null, isComing: true });
  useEffect(() => {
    const gone = new AbortController();
    setResult((before) => ({ ...before, isComing: true }));
    const read = async () => {
      const preview = await readPreview(fileId, query, gone.signal);
      if (gone.signal.aborted) return;
      if ('refusal' in preview) setResult((before) => ({ ...before, refusal: preview.refusal, isComing: false }));
      else setResult({ url: URL.createObjectURL(preview.picture), refusal: null, isComing: false });
    };
    const timer = setTimeout(() => {
      read().catch(() => {
        if (!gone.signal.aborted) setResult((before) => ({ ...before, refusal: '', isComing: false }));
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [fileId, version, query]);
  const { url } = result;
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url]);
  return result;
}
