import type { EntriesRequest } from '../../../server/src/api/contracts';
import { useAskEntries } from '../services/asking';
import { Words } from '../translations/Words';
import { AskContent } from './AskContent';

interface EntriesAskProps {
  request: EntriesRequest;
  onClose: () => void;
}

/** The dialog of the content manager's bulk action; a chunk of its own. */
export default function EntriesAsk({ request, onClose }: EntriesAskProps) {
  return (
    <Words>
      <Content request={request} onClose={onClose} />
    </Words>
  );
}

function Content({ request, onClose }: EntriesAskProps) {
  return <AskContent asking={useAskEntries(request)} onClose={onClose} />;
}
