import { Flex, Link, Typography } from '@strapi/design-system';

import type { VariantView } from '../../../server/src/api/contracts';
import { useText, type Text } from '../hooks/useText';
import { fileUrl } from '../services/fileUrl';
import { kindOf, sortVariants } from './variants';

function labelOf(variant: VariantView, text: Text): string {
  const kind = kindOf(variant);
  return kind.kind === 'preset' ? text('panel.open.preset', { name: kind.name }) : text(`panel.open.${kind.kind}`);
}

/** Each stored file of the cutout, opened in a tab of its own. */
export function VariantLinks({ name, variants }: { name: string; variants: readonly VariantView[] }) {
  const text = useText();
  if (variants.length === 0) return null;
  return (
    <Flex direction="column" alignItems="flex-start" gap={1}>
      {sortVariants(variants).map((variant) => (
        <Link
          key={variant.key}
          href={fileUrl(variant.url)}
          isExternal
          aria-label={`${labelOf(variant, text)}: ${name}`}
        >
          <Typography variant="pi" textColor="primary600">
            {labelOf(variant, text)}
          </Typography>
        </Link>
      ))}
    </Flex>
  );
}
