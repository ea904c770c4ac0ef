import { Box, Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import { styled } from 'styled-components';

import type { BulkJobs, BulkView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { Figure, Panel } from './Panel';
import { progressOf } from './report';

const Track = styled(Box)`
  height: 0.8rem;
  overflow: hidden;
  border-radius: 0.4rem;
  background: ${({ theme }) => theme.colors.neutral200};
  @media (forced-colors: active) {
    border: 1px solid CanvasText;
  }
`;

const Fill = styled.div<{ $share: number }>`
  width: ${({ $share }) => $share * 100}%;
  height: 100%;
  background: ${({ theme }) => theme.colors.primary600};
  transition: width 0.3s;
  @media (prefers-reduced-motion: reduce) {
    transition: none;
  }
  @media (forced-colors: active) {
    background: Highlight;
  }
`;

const counts: readonly (keyof BulkJobs)[] = ['done', 'queued', 'running', 'skipped', 'failed', 'held', 'cancelled'];

/** How far a run is, how fast it goes, and when it will be done. */
export function RunProgress({ run }: { run: BulkView }) {
  const text = useText();
  const { formatNumber, formatDate } = useIntl();
  const { ended, total, share } = progressOf(run);
  const said = text('run.of', { ended: formatNumber(ended), total: formatNumber(total) });
  return (
    <Panel title={text('run.progress')}>
      <Flex justifyContent="space-between" gap={4} wrap="wrap">
        <Typography variant="alpha">{said}</Typography>
        {run.perMinute === null ? null : (
          <Typography textColor="neutral600">
            {text('run.rate', { rate: formatNumber(run.perMinute, { maximumFractionDigits: 1 }) })}
            {run.doneAt === null
              ? null
              : ` · ${text('run.eta', { when: formatDate(run.doneAt, { dateStyle: 'medium', timeStyle: 'short' }) })}`}
          </Typography>
        )}
      </Flex>
      <Track
        role="progressbar"
        aria-label={text('run.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={said}
      >
        <Fill $share={share} />
      </Track>
      <Flex tag="dl" direction="column" alignItems="stretch" gap={2} maxWidth="56rem">
        {counts
          .filter((state) => run.jobs[state] > 0)
          .map((state) => (
            <Figure key={state} name={text(`jobs.${state}`)}>
              {formatNumber(run.jobs[state])}
            </Figure>
          ))}
        {run.credits > 0 || run.request.credits !== undefined ? (
          <Figure name={text('run.credits')}>
            {run.request.credits === undefined
              ? formatNumber(run.credits)
              : text('credits.of', {
                  part: formatNumber(run.credits),
                  whole: formatNumber(run.request.credits),
                })}
          </Figure>
        ) : null}
      </Flex>
    </Panel>
  );
}
