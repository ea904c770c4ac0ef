import { Box, Modal } from '@strapi/design-system';

import type { Followed } from '../../follow/follower';
import type { Engines } from '../../panel/actions';
import type { EntryImage } from '../../panel/entryImages';
import { ImageDetails } from '../../panel/ImageDetails';

interface CutoutDialogProps {
  image: EntryImage;
  followed: Followed;
  engines: Engines | undefined;
  onClose: () => void;
}

/** One picture with all that its panel in an entry has. */
export function CutoutDialog({ image, followed, engines, onClose }: CutoutDialogProps) {
  return (
    <Modal.Root open onOpenChange={(isOpen: boolean) => (isOpen ? undefined : onClose())}>
      <Modal.Content>
        <Modal.Header>
          <Modal.Title>{image.file.name}</Modal.Title>
        </Modal.Header>
        <Modal.Body>
          <Box maxWidth="60rem">
            <ImageDetails image={image} followed={followed} engines={engines} />
          </Box>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
