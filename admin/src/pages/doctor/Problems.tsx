import { Flex, Typography } from '@strapi/design-system';

import type { CheckResult } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import type { Tone } from '../../panel/badges';
import { DotBadge } from '../../panel/DotBadge';
import { FactList } from './FactList';
import { detailOf, sentenceValues } from './facts';
import { useFactFormats } from './useFactFormats';

type State = Exclude<CheckResult['state'], 'ok'>;
const ORDER: State[] = ['error', 'warning', 'unknown'];
const TONES: Record<State, Tone> = { error: 'danger', warning: 'warning', unknown: 'neutral' };

/** What is wrong, the worst first: what it means, and what to do about it. */
export function Problems({ checks }: { checks: readonly CheckResult[] }) {
  const text = useText();
  const sorted = [...checks].sort((a, b) => ORDER.indexOf(a.state as State) - ORDER.indexOf(b.state as State));
  return (
    <Flex tag="section" direction="column" alignItems="stretch" gap={3}>
      <Typography tag="h2" variant="delta">
        {text('doctor.problems', { count: checks.length })}
      </Typography>
      <Flex tag="ul" direction="column" alignItems="stretch" gap={3}>
        {sorted.map((check) => (
          <Problem key={check.id} check={check} />
        ))}
      </Flex>
    </Flex>
  );
}

function Problem({ check }: { check: CheckResult }) {
  const text = useText();
  const formats = useFactFormats();
  const { id, problem } = check;
  const state = check.state as State;
  const values = sentenceValues(check, formats);
  const detail = detailOf(check);
  if (problem === null) return null;
  return (
    <Flex
      tag="li"
      direction="column"
      alignItems="stretch"
      gap={3}
      padding={5}
      hasRadius
      background="neutral0"
      shadow="tableShadow"
    >
      <Flex gap={3} wrap="wrap">
        <Typography tag="h3" fontWeight="bold" textColor="neutral800">
          {text(`doctor.check.${id}`)}
        </Typography>
        <DotBadge tone={TONES[state]}>{text(`doctor.state.${state}`)}</DotBadge>
      </Flex>
      <Typography textColor="neutral800">{text(`doctor.means.${problem}`, values)}</Typography>
      <Typography textColor="neutral800">
        {text('doctor.remedy', { remedy: text(`doctor.remedy.${problem}`, values) })}
      </Typography>
      {detail ? (
        <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
          {detail}
        </Typography>
      ) : null}
      <FactList check={check} />
    </Flex>
  );
}
