import { useMemo } from 'react';

import { Box } from '@strapi/design-system';
import { useField } from '@strapi/strapi/admin';

import { useFollowed } from '../follow/useFollowed';
import { useMayRead } from '../hooks/useAllowed';
import { useSame } from '../hooks/useSame';
import { type Attribute, collectEntryImages } from '../panel/entryImages';
import { useOverview } from '../services/api';
import { Words } from '../translations/Words';
import { FieldMenu } from './FieldMenu';
import { isShown } from './menuItems';

interface FieldCutoutsProps {
  name: string;
  label: string;
  attribute: Attribute;
}

/** How the cutouts of a media field's images stand, and what can be done about each. */
export default function FieldCutouts(props: FieldCutoutsProps) {
  return useMayRead() ? (
    <Words>
      <Cutouts {...props} />
    </Words>
  ) : null;
}

function Cutouts({ name, label, attribute }: FieldCutoutsProps) {
  const { value } = useField(name);
  const isEnabled = attribute.pluginOptions?.cutout?.enabled === true;
  const images = useSame(
    useMemo(() => collectEntryImages({ value }, {}, { value: attribute }, {}), [value, attribute]),
  );
  const followed = useFollowed(images, null);
  const { data: overview } = useOverview();
  const views = images.flatMap(({ file }) => followed.get(file.id)?.view ?? []);
  if (!isShown(isEnabled, views)) return null;
  return (
    <Box paddingTop={1}>
      <FieldMenu label={label} views={views} engines={overview?.engines} />
    </Box>
  );
}
