import type { Folder } from '../services/mediaLibrary';

/** A folder as people name it, `/Products/Shoes`; null for one that is not there. */
export function folderPath(folders: readonly Folder[], id: number): string | null {
  for (const folder of folders) {
    if (folder.id === id) return `/${folder.name}`;
    const inner = folderPath(folder.children ?? [], id);
    if (inner !== null) return `/${folder.name}${inner}`;
  }
  return null;
}
