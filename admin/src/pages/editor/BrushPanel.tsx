import { Button, Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import { useText } from '../../hooks/useText';
import { Side } from './Side';
import { Tick } from './Tick';
import { Range } from './Range';
import { type BrushControl, LEAST_SIZE, MOST_SIZE } from './useBrush';
import type { Painting } from './usePainting';

interface BrushPanelProps {
  control: BrushControl;
  painting: Painting;
}

export function BrushPanel({ control: { brush, set }, painting }: BrushPanelProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const { canUndo, canRedo, undo, redo } = painting;
  return (
    <Side title={text('editor.brush')}>
      <Range
        label={text('editor.brush.size')}
        value={brush.size}
        min={LEAST_SIZE}
        max={MOST_SIZE}
        shown={text('editor.pixels', { count: brush.size })}
        onChange={(size) => set({ size })}
      />
      <Range
        label={text('editor.brush.softness')}
        value={Math.round(brush.softness * 100)}
        min={0}
        max={100}
        shown={formatNumber(brush.softness, { style: 'percent' })}
        onChange={(share) => set({ softness: share / 100 })}
      />
      <Tick
        label={text('editor.brush.snap')}
        hint={text('editor.brush.snap.hint')}
        checked={brush.snaps}
        onChange={(snaps) => set({ snaps })}
      />
      <Flex gap={2}>
        <Button size="S" variant="tertiary" disabled={!canUndo} aria-keyshortcuts="Control+Z" onClick={undo}>
          {text('editor.undo')}
        </Button>
        <Button size="S" variant="tertiary" disabled={!canRedo} aria-keyshortcuts="Control+Shift+Z" onClick={redo}>
          {text('editor.redo')}
        </Button>
      </Flex>
      <Typography variant="pi" textColor="neutral600">
        {text('editor.brush.keys')}
      </Typography>
    </Side>
  );
}
