import { useEffect, useState } from 'react';

import { readPreview } from '../../services/editor';

/**
 * The stored cutout as the server composes it, with clean edges, in the size that is worked on. Null until it is there.
 * @param version names the stored matte
 */
export function useExact(fileId: number, version: string | null, width: number | null): ImageBitmap | null {
  const [exact, setExact] = useState<ImageBitmap | null>(null);
  useEffect(() => {
    setExact(null);
    if (version === null || width === null) return undefined;
    const gone = new AbortController();
    readPreview(fileId, `w=${width}&format=webp&quality=90`, gone.signal)
      .then(async (preview) => {
        const picture = 'picture' in preview ? await createImageBitmap(preview.picture) : null;
        if (!gone.signal.aborted) setExact(picture);
      })
      // The cutout that is worked on stands in for it.
      .catch(() => undefined);
    return () => gone.abort();
  }, [fileId, version, width]);
  return exact;
}
