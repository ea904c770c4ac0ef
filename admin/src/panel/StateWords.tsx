import { Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import { stateSentences } from './stateSentences';

/** Tries within the next minute need no time of day. */
const soonMs = 60_000;

interface StateWordsProps {
  view: AssetView;
  /** A field asks for this cutout; null where that is not known. */
  isWanted: boolean | null;
}

/** The sentences that go with an asset's state; none for a finished cutout. */
export function StateWords({ view, isWanted }: StateWordsProps) {
  const text = useText();
  const { formatDate } = useIntl();
  const retryAt = view.retryAt === null ? null : new Date(view.retryAt);
  const isFarOff = retryAt !== null && retryAt.getTime() - Date.now() > soonMs;
  const nextTry = isFarOff ? formatDate(retryAt, { dateStyle: 'medium', timeStyle: 'short' }) : null;

  const engines = useOverview().data?.engines;
  const toldAbove = [engines?.local.problem, engines?.remote.problem].flatMap((problem) => problem?.message ?? []);

  return stateSentences(view, { isWanted, nextTry, toldAbove }, text).map((sentence) => (
    <Typography key={sentence} variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
      {sentence}
    </Typography>
  ));
}
