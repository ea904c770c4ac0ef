import { Flex } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import { useText } from '../../../hooks/useText';
import { Range } from '../Range';
import { Tick } from '../Tick';
import { shadowOf, type ShadowValues, usualShadow } from './values';

const MOST_BLUR = 100;
const MOST_OFFSET = 100;

interface ShadowInputProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A soft shadow, or none. */
export function ShadowInput({ label, value, onChange }: ShadowInputProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const shadow = shadowOf(value);
  const set = (changed: Partial<ShadowValues>) => onChange(JSON.stringify({ ...usualShadow, ...shadow, ...changed }));
  const pixels = (count: number) => text('editor.pixels', { count });
  return (
    <Flex direction="column" alignItems="stretch" gap={2}>
      <Tick label={label} checked={shadow !== null} onChange={(is) => (is ? set({}) : onChange(undefined))} />
      {shadow === null ? null : (
        <>
          <Range
            label={text('editor.shadow.opacity')}
            {...{ min: 0, max: 100, value: Math.round(shadow.opacity * 100) }}
            shown={formatNumber(shadow.opacity, { style: 'percent' })}
            onChange={(share) => set({ opacity: share / 100 })}
          />
          <Range
            label={text('editor.shadow.blur')}
            {...{ min: 0, max: MOST_BLUR, value: shadow.blur }}
            shown={pixels(shadow.blur)}
            onChange={(blur) => set({ blur })}
          />
          {(['x', 'y'] as const).map((axis) => (
            <Range
              key={axis}
              label={text(`editor.shadow.${axis}`)}
              {...{ min: -MOST_OFFSET, max: MOST_OFFSET, value: shadow.offset[axis] }}
              shown={pixels(shadow.offset[axis])}
              onChange={(offset) => set({ offset: { ...shadow.offset, [axis]: offset } })}
            />
          ))}
        </>
      )}
    </Flex>
  );
}
