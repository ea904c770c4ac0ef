import { Flex, IconButton, Link, Typography } from '@strapi/design-system';
import { Download, Duplicate } from '@strapi/icons';
import { useClipboard, useNotification } from '@strapi/strapi/admin';

import type { VariantView } from '../../../server/src/api/contracts';
import { useText, type Text } from '../hooks/useText';
import { download } from '../services/download';
import { fileUrl } from '../services/fileUrl';
import { kindOf, sortVariants } from './variants';

function labelOf(variant: VariantView, text: Text): string {
  const kind = kindOf(variant);
  return kind.kind === 'preset' ? text('file.preset', { name: kind.name }) : text(`file.${kind.kind}`);
}

interface FileRowProps {
  /** The asset's. */
  name: string;
  variant: VariantView;
}

function FileRow({ name, variant }: FileRowProps) {
  const text = useText();
  const { copy } = useClipboard();
  const { toggleNotification } = useNotification();
  const url = fileUrl(variant.url);
  const label = labelOf(variant, text);
  const ofFile = (words: string) => `${words}: ${label}, ${name}`;

  const copyUrl = async () => {
    if (await copy(url)) toggleNotification({ type: 'success', message: text('file.copied') });
  };
  return (
    <Flex tag="li" justifyContent="space-between" gap={2}>
      <Link href={url} isExternal aria-label={`${label}: ${name}`} style={{ minWidth: 0 }}>
        <Typography variant="pi" textColor="primary600" style={{ overflowWrap: 'anywhere' }}>
          {label}
        </Typography>
      </Link>
      <Flex gap={1} shrink={0}>
        <IconButton size="S" variant="ghost" label={ofFile(text('file.copy'))} onClick={() => void copyUrl()}>
          <Duplicate />
        </IconButton>
        <IconButton
          size="S"
          variant="ghost"
          label={ofFile(text('file.download'))}
          onClick={() => void download(url, `${name.replace(/\.[^.]+$/, '')}_${variant.key}`)}
        >
          <Download />
        </IconButton>
      </Flex>
    </Flex>
  );
}

/** Each stored file of the cutout: to open in a tab of its own, to link to, to download. */
export function FileList({ name, variants }: { name: string; variants: readonly VariantView[] }) {
  if (variants.length === 0) return null;
  return (
    <Flex tag="ul" direction="column" alignItems="stretch" gap={1}>
      {sortVariants(variants).map((variant) => (
        <FileRow key={variant.key} name={name} variant={variant} />
      ))}
    </Flex>
  );
}
