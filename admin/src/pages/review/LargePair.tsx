import { Box } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { AssetView, LibraryFile } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { previewOf } from '../../panel/variants';
import { CheckerFrame, EmptyFrame, Frame, Picture } from '../../pictures/frames';
import { fileUrl } from '../../services/fileUrl';

const Pair = styled(Box)`
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr));
  gap: ${({ theme }) => theme.spaces[4]};
  && > * {
    height: min(56vh, 60rem);
    width: 100%;
    aspect-ratio: auto;
  }
`;

/** A replaced file keeps its address; a signed one must stay as it is. */
const whole = ({ url, updatedAt, isUrlSigned }: LibraryFile): string =>
  isUrlSigned ? url : `${fileUrl(url)}?updatedAt=${updatedAt}`;

/** Original and cutout as large as the page allows: edges are what is to be looked at. */
export function LargePair({ file, view }: { file: LibraryFile; view: AssetView | null }) {
  const text = useText();
  const cutout = previewOf(view?.variants ?? []);
  const { name } = file;
  return (
    <Pair>
      <Frame>
        <Picture key={file.id} src={whole(file)} alt={text('panel.original-of', { name })} />
      </Frame>
      {cutout ? (
        <CheckerFrame>
          <Picture key={cutout.url} src={fileUrl(cutout.url)} alt={text('panel.cutout-of', { name })} />
        </CheckerFrame>
      ) : (
        <EmptyFrame aria-hidden />
      )}
    </Pair>
  );
}
