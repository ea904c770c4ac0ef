import type { ReactNode } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';
import { WarningCircle } from '@strapi/icons';

import type { Reason } from '../../../server/src/api/contracts';
import { CheckAccountButton } from '../account/CheckAccountButton';
import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import type { TextKey } from '../translations/words';
import { reasonText } from './reasonText';

interface BannerProps {
  title: TextKey;
  problem: Reason;
  /** What can be done about it. */
  action?: ReactNode;
}

function Banner({ title, problem, action }: BannerProps) {
  const text = useText();
  const plain = reasonText(problem, text);
  return (
    <Flex
      role="alert"
      alignItems="flex-start"
      gap={2}
      padding={3}
      hasRadius
      background="danger100"
      borderColor="danger200"
    >
      <Box paddingTop={1} aria-hidden>
        <WarningCircle fill="danger600" width="1.6rem" height="1.6rem" />
      </Box>
      <Flex direction="column" alignItems="flex-start" gap={1} minWidth={0}>
        <Typography variant="pi" fontWeight="bold" textColor="danger700">
          {text(title)}
        </Typography>
        <Typography variant="pi" textColor="neutral800">
          {plain}
        </Typography>
        {problem.message === plain ? null : (
          <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
            {problem.message}
          </Typography>
        )}
        {action}
      </Flex>
    </Flex>
  );
}

/** Says once, above all images, which engine can make no cutouts of any image at the moment, and why. */
export function EngineBanners() {
  const { data } = useOverview();
  const local = data?.engines.local.problem;
  const remote = data?.engines.remote.problem;
  return (
    <>
      {local ? <Banner title="banner.local.title" problem={local} /> : null}
      {remote ? (
        <Banner title="banner.remote.title" problem={remote} action={<CheckAccountButton code={remote.code} />} />
      ) : null}
    </>
  );
}
