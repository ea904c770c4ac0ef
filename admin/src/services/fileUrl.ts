/** Strapi sets it before the admin starts; its types name another global of the same name. */
function backendUrl(): string {
  return (window.strapi as unknown as { backendURL: string }).backendURL;
}

/** The address of a stored file. The local provider's have a path only, and the admin may be served from another origin. */
export function fileUrl(url: string): string {
  return url.startsWith('/') ? `${backendUrl()}${url}` : url;
}
