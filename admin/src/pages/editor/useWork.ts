import { useEffect, useState } from 'react';

import { readPicture } from '../../services/editor';
import { openWork, type Work } from './canvases';

interface Loaded {
  work: Work | null;
  isFailed: boolean;
}

/**
 * The pictures to work on, read anew when `version` changes.
 * @param version names the stored matte; null while it is not to be read
 */
export function useWork(fileId: number, version: string | null): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ work: null, isFailed: false });
  useEffect(() => {
    if (version === null) return undefined;
    const gone = new AbortController();
    const read = (what: 'original' | 'matte') => readPicture(fileId, what, gone.signal);
    Promise.all([read('original'), read('matte')])
      .then(([original, matte]) => openWork(original, matte))
      .then((work) => (gone.signal.aborted ? undefined : setLoaded({ work, isFailed: false })))
      .catch(() => (gone.signal.aborted ? undefined : setLoaded({ work: null, isFailed: true })));
    return () => gone.abort();
  }, [fileId, version]);
  return loaded;
}
