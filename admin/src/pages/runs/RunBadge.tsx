import type { BulkView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { DotBadge } from '../../panel/DotBadge';
import { runBadge } from './report';

export function RunBadge({ run, isLive = false }: { run: BulkView; isLive?: boolean }) {
  const text = useText();
  const { label, tone } = runBadge(run);
  return (
    <DotBadge tone={tone} role={isLive ? 'status' : undefined}>
      {text(label)}
    </DotBadge>
  );
}
