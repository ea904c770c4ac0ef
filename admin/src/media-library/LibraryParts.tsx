import { useQueryParams } from '@strapi/strapi/admin';

import { useMayBulk, useMayRead } from '../hooks/useAllowed';
import { Words } from '../translations/Words';
import { DrawerPart } from './DrawerPart';
import { FolderPart } from './FolderPart';

interface LibraryQuery {
  /** Of the file whose drawer is open. */
  assetId?: string;
  /** Of the folder that is shown. */
  folder?: string;
}

const idOf = (text: string | undefined): number | null => (text && /^\d+$/.test(text) ? Number(text) : null);

/** What the plugin adds to the media library. */
export default function LibraryParts() {
  const [{ query }] = useQueryParams<LibraryQuery>();
  const mayRead = useMayRead();
  const mayBulk = useMayBulk();
  const [fileId, folderId] = [idOf(query?.assetId), idOf(query?.folder)];
  return (
    <Words>
      {mayRead && fileId !== null ? <DrawerPart key={fileId} fileId={fileId} /> : null}
      {mayBulk && folderId !== null ? <FolderPart key={folderId} folderId={folderId} /> : null}
    </Words>
  );
}
