/**
 * Saves a stored file under a name of its own. A link's `download` counts for nothing at another origin, so the file is
 * fetched first; where its storage does not let pages read it, it opens in a tab.
 * @param name without an ending, which is the address's
 */
export async function download(url: string, name: string): Promise<void> {
  const ending = /\.\w+$/.exec(new URL(url, window.location.href).pathname)?.[0] ?? '';
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    save(await answer.blob(), name + ending);
  } catch {
    window.open(url, '_blank', 'noopener');
  }
}

const DOWNLOAD_MS = 60_000;

/** Saves what is at hand under a name. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
