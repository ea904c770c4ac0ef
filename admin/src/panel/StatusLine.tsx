import { Badge, Flex, Typography, VisuallyHidden } from '@strapi/design-system';

import type { AssetState, AssetStatus } from '../../../server/src/api/contracts';
import { useText, type Text } from '../hooks/useText';
import type { TextKey } from '../translations';
import { reasonText } from './reasonText';

type Tone = 'neutral' | 'primary' | 'secondary' | 'success' | 'warning' | 'danger';

const badges: Record<AssetState, { label: TextKey; tone: Tone }> = {
  none: { label: 'state.none', tone: 'neutral' },
  queued: { label: 'state.waiting', tone: 'secondary' },
  waiting: { label: 'state.waiting', tone: 'warning' },
  running: { label: 'state.working', tone: 'primary' },
  ready: { label: 'state.ready', tone: 'success' },
  skipped: { label: 'state.skipped', tone: 'neutral' },
  failed: { label: 'state.failed', tone: 'danger' },
};

/** The sentences under the badge: what the state means for the editor, then the server's particulars if they add any. */
function sentences({ state, reason }: AssetStatus, isWanted: boolean, text: Text): string[] {
  if (state === 'none') return [text(isWanted ? 'state.none.wanted' : 'state.none.hint')];
  if (!reason || state === 'ready') return [];
  const plain = reasonText(reason, text);
  const whatNext = state === 'waiting' ? [text('state.waiting.hint')] : [];
  const particulars = state !== 'skipped' && reason.message !== plain ? [reason.message] : [];
  return [plain, ...whatNext, ...particulars];
}

interface StatusLineProps {
  name: string;
  status: AssetStatus;
  /** A field asks for this cutout. */
  isWanted: boolean;
}

/** A live region: screen readers hear each change, with the image's name, without losing their place. */
export function StatusLine({ name, status, isWanted }: StatusLineProps) {
  const text = useText();
  const { label, tone } = badges[status.state];

  return (
    <Flex role="status" direction="column" alignItems="flex-start" gap={1}>
      <VisuallyHidden>{name}: </VisuallyHidden>
      <Badge variant={tone} size="S">
        {text(label)}
      </Badge>
      {sentences(status, isWanted, text).map((sentence) => (
        <Typography key={sentence} variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
          {sentence}
        </Typography>
      ))}
    </Flex>
  );
}
