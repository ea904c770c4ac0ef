import { Flex } from '@strapi/design-system';

import { ColorPick } from '../ColorPick';
import { Tick } from '../Tick';

const WHITE = '#ffffff';

interface ColorInputProps {
  label: string;
  /** `#rrggbb` or `#rrggbbaa`; undefined for none. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A colour, or none. */
export function ColorInput({ label, value, onChange }: ColorInputProps) {
  return (
    <Flex justifyContent="space-between" gap={2}>
      <Tick label={label} checked={value !== undefined} onChange={(is) => onChange(is ? WHITE : undefined)} />
      {value === undefined ? null : (
        <ColorPick
          aria-label={label}
          value={value.slice(0, WHITE.length)}
          // What else it had, as how far it is seen through, stays.
          onChange={(event) => onChange(event.target.value + value.slice(WHITE.length))}
        />
      )}
    </Flex>
  );
}
