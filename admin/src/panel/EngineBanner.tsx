import { Box, Flex, Typography } from '@strapi/design-system';
import { WarningCircle } from '@strapi/icons';

import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import { reasonText } from './reasonText';

/** Says once, above all images, that this server can make no cutouts at the moment, and why. */
export function EngineBanner() {
  const text = useText();
  const { data } = useOverview();
  const problem = data?.engines.local.problem;
  if (!problem) return null;
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
          {text('banner.title')}
        </Typography>
        <Typography variant="pi" textColor="neutral800">
          {plain}
        </Typography>
        {problem.message === plain ? null : (
          <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
            {problem.message}
          </Typography>
        )}
      </Flex>
    </Flex>
  );
}
