import { Box, Flex, Typography } from '@strapi/design-system';

import { useText } from '../../../hooks/useText';
import { groups, type OptionName } from './fields';
import { OptionInput } from './OptionInput';
import type { Values } from './values';

interface OptionGroupsProps {
  values: Values;
  set: (name: OptionName, value: string | undefined) => void;
}

/** Every option of a preset, in groups. */
export function OptionGroups({ values, set }: OptionGroupsProps) {
  const text = useText();
  return groups.map((group) => (
    <Box key={group.name} tag="fieldset" borderStyle="none" padding={0}>
      <Typography tag="legend" variant="sigma" textColor="neutral600">
        {text(`editor.options.${group.name}`)}
      </Typography>
      <Flex direction="column" alignItems="stretch" gap={3} paddingTop={2}>
        {group.fields.map((name) => (
          <OptionInput key={name} name={name} value={values[name]} onChange={(value) => set(name, value)} />
        ))}
      </Flex>
    </Box>
  ));
}
