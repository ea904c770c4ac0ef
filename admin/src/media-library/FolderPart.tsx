import { useState } from 'react';

import { Button, Modal } from '@strapi/design-system';
import { Magic } from '@strapi/icons';
import { createPortal } from 'react-dom';
import { styled } from 'styled-components';

import { AskContent } from '../bulk/AskContent';
import { useText } from '../hooks/useText';
import { useAskFolder } from '../services/asking';
import { useFolders } from '../services/mediaLibrary';
import { folderPath } from './folderPath';
import { usePlace } from './usePlace';

const TITLE = 'main h1';

/** Between the folder's name and the button for new files. */
const put = (title: Element, place: Element) => {
  place.setAttribute('style', 'margin-inline-start: auto');
  title.after(place);
};

/** On a phone the row has room for the icon alone. */
const Words = styled.span`
  display: none;
  ${({ theme }) => theme.breakpoints.medium} {
    display: inline;
  }
`;

/** Has the backgrounds of a folder's images removed, after it has told what that takes. */
export function FolderPart({ folderId }: { folderId: number }) {
  const text = useText();
  const place = usePlace(TITLE, put);
  const { data: folders } = useFolders();
  const [isOpen, setIsOpen] = useState(false);
  const folder = folders ? folderPath(folders, folderId) : null;
  if (!place || folder === null) return null;
  return (
    <>
      {createPortal(
        <Button
          variant="tertiary"
          startIcon={<Magic />}
          aria-label={text('library.folder')}
          onClick={() => setIsOpen(true)}
        >
          <Words>{text('library.folder')}</Words>
        </Button>,
        place,
      )}
      <Modal.Root open={isOpen} onOpenChange={setIsOpen}>
        <Modal.Content>
          <Modal.Header>
            <Modal.Title>{text('library.folder.title', { folder })}</Modal.Title>
          </Modal.Header>
          <FolderAsk folder={folder} onClose={() => setIsOpen(false)} />
        </Modal.Content>
      </Modal.Root>
    </>
  );
}

function FolderAsk({ folder, onClose }: { folder: string; onClose: () => void }) {
  return <AskContent asking={useAskFolder(folder)} onClose={onClose} />;
}
