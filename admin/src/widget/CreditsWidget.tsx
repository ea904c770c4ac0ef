import { Flex, Typography } from '@strapi/design-system';
import { Widget } from '@strapi/strapi/admin';

import { useText } from '../hooks/useText';
import type { Usage } from '../pages/credits/figures';
import { useHeadline } from '../pages/credits/Headline';
import { useUsage } from '../services/api';
import { Words } from '../translations/Words';

function Essentials({ usage, isAsking }: { usage: Usage; isAsking: boolean }) {
  const text = useText();
  const sentence = useHeadline({ usage, isAsking });
  const waiting = usage.waiting.reduce((sum, { count }) => sum + count, 0);
  const { account, unknownCalls } = usage;
  const lines = [
    ...(waiting > 0 ? [text('widget.waiting', { count: waiting })] : []),
    ...(unknownCalls > 0 ? [text('widget.unknown', { count: unknownCalls })] : []),
  ];
  return (
    <Flex direction="column" alignItems="flex-start" gap={3} padding={2}>
      {account ? (
        <Typography variant="alpha" textColor="neutral800">
          {text('widget.credits', { credits: account.spendable })}
        </Typography>
      ) : null}
      <Typography textColor="neutral800">{sentence}</Typography>
      {lines.map((line) => (
        <Typography key={line} variant="pi" textColor="neutral600">
          {line}
        </Typography>
      ))}
    </Flex>
  );
}

function Credits() {
  const { data, isError, isAsking } = useUsage('');
  if (data) return <Essentials usage={data} isAsking={isAsking} />;
  return isError ? <Widget.Error /> : <Widget.Loading />;
}

/** What is left, whether it lasts, and what waits for it. */
export default function CreditsWidget() {
  return (
    <Words>
      <Credits />
    </Words>
  );
}
