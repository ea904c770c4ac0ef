import type { ReactNode } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';
import { Information, WarningCircle } from '@strapi/icons';

import { CheckAccountButton } from '../../account/CheckAccountButton';
import { checkLabel } from '../../account/accountStop';
import { useText } from '../../hooks/useText';
import { reasonText } from '../../panel/reasonText';
import { type Notice, noticesOf, type Tone, unreadTitle, type Usage } from './figures';
import { useFormats } from './useFormats';

interface NoticeBoxProps {
  tone: Tone;
  title: string;
  /** Sentences in the reader's language. */
  lines: string[];
  /** The service's own words, if they say more. */
  detail?: string | null;
  /** What can be done about it. */
  action?: ReactNode;
}

/** A danger interrupts a screen reader, the rest waits for its turn. */
export function NoticeBox({ tone, title, lines, detail, action }: NoticeBoxProps) {
  const Icon = tone === 'primary' ? Information : WarningCircle;
  return (
    <Flex
      role={tone === 'danger' ? 'alert' : 'status'}
      alignItems="flex-start"
      gap={3}
      padding={4}
      hasRadius
      background={`${tone}100`}
      borderColor={`${tone}200`}
    >
      <Box paddingTop="0.2rem" shrink={0} aria-hidden>
        <Icon fill={`${tone}600`} width="1.6rem" height="1.6rem" />
      </Box>
      <Flex direction="column" alignItems="flex-start" gap={1} minWidth={0}>
        <Typography fontWeight="bold" textColor={`${tone}700`}>
          {title}
        </Typography>
        {lines.map((line) => (
          <Typography key={line} textColor="neutral800">
            {line}
          </Typography>
        ))}
        {detail ? (
          <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
            {detail}
          </Typography>
        ) : null}
        {action}
      </Flex>
    </Flex>
  );
}

function NoticeView({ notice }: { notice: Notice }) {
  const text = useText();
  const { moment } = useFormats();
  const ageLine = (asOf: string | null) =>
    asOf ? text('credits.stale.as-of', { when: moment(asOf) }) : text('credits.stale.never');
  switch (notice.kind) {
    case 'stopped': {
      const { reason, until } = notice;
      const plain = reasonText(reason, text);
      const turns = until !== null && checkLabel(reason.code) === null;
      const end = turns
        ? text('credits.stopped.until', { when: moment(until) })
        : text('credits.stopped.until-account');
      const detail = reason.message === plain ? null : reason.message;
      return (
        <NoticeBox
          tone="danger"
          title={text('credits.stopped.title')}
          lines={[plain, end]}
          detail={detail}
          action={<CheckAccountButton code={reason.code} />}
        />
      );
    }
    case 'unread': {
      const { problem, asOf } = notice;
      const plain = reasonText(problem, text);
      return (
        <NoticeBox
          tone="warning"
          title={text(unreadTitle(problem))}
          lines={[plain, ageLine(asOf)]}
          detail={problem.message === plain ? null : problem.message}
          action={<CheckAccountButton code={problem.code} />}
        />
      );
    }
    case 'old':
      return <NoticeBox tone="warning" title={text('credits.unread.title')} lines={[ageLine(notice.asOf)]} />;
    case 'no-key':
      return <NoticeBox tone="primary" title={text('credits.no-key.title')} lines={[text('credits.no-key.text')]} />;
  }
}

/** Why remote work is stopped, and why the account's figures are old. */
export function Notices({ usage }: { usage: Usage }) {
  return noticesOf(usage).map((notice) => <NoticeView key={notice.kind} notice={notice} />);
}
