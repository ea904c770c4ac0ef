/** Strapi sets it before the admin starts; its types name another global of the same name. */
function backendUrl(): string {
  return (window.strapi as unknown as { backendURL: string }).backendURL;
}

/** The address of a stored file. The local provider's have a path only, and the admin may be served from another origin. */
export function fileUrl(url: string): string {
  return url.startsWith('/') ? `${backendUrl()}${url}` : url;
}

interface Stored {
  url: string;
  updatedAt?: string;
  isUrlSigned?: boolean;
  formats?: Record<string, { url?: string } | null> | null;
}

/**
 * The address of an original's small picture. A replaced file keeps its address, so this changes with the file as
 * Strapi's own do; a signed one must stay as it is. Cutouts need none of this: other bytes have another name.
 */
export function originalUrl({ url, formats, updatedAt, isUrlSigned }: Stored): string {
  const small = fileUrl(formats?.thumbnail?.url ?? url);
  if (!updatedAt || isUrlSigned) return small;
  return `${small}${small.includes('?') ? '&' : '?'}updatedAt=${updatedAt}`;
}
