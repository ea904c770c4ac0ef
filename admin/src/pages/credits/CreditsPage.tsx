import { Flex } from '@strapi/design-system';
import { Layouts, Page } from '@strapi/strapi/admin';

import { useMayCheckAccount } from '../../hooks/useAllowed';
import { useCheckAccount } from '../../hooks/useCheckAccount';
import { useText } from '../../hooks/useText';
import { useUsage } from '../../services/api';
import { Words } from '../../translations/Words';
import { BusyButton } from '../forms/BusyButton';
import { usagePermissions } from '../permissions';
import { CreditsContent } from './CreditsContent';
import { NoticeBox } from './Notices';
import { usePeriod } from './usePeriod';

/** Asks the account at once, whatever it refused before. */
function CheckButton() {
  const text = useText();
  const isAllowed = useMayCheckAccount();
  const { check, isSending } = useCheckAccount();
  if (!isAllowed) return null;
  return (
    <BusyButton
      label={text('credits.check')}
      busyLabel={text('account.check.busy')}
      isBusy={isSending}
      variant="secondary"
      onPress={() => void check()}
    />
  );
}

function CreditsBody() {
  const text = useText();
  const [period, choose] = usePeriod();
  const { data, isFetching, isError, isAsking, refetch } = useUsage(period);
  const refresh = (
    <BusyButton
      label={text('credits.refresh')}
      busyLabel={text('credits.refreshing')}
      isBusy={isFetching}
      variant="tertiary"
      onPress={() => void refetch()}
    />
  );
  if (!data) {
    if (isError) return <Page.Error content={text('credits.unreadable')} action={refresh} />;
    return <Page.Loading>{text('credits.loading')}</Page.Loading>;
  }
  const actions = (
    <Flex gap={2} wrap="wrap">
      {data.configured ? <CheckButton /> : null}
      {refresh}
    </Flex>
  );
  return (
    <Page.Main>
      <Layouts.Header title={text('credits.title')} subtitle={text('credits.subtitle')} primaryAction={actions} />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={4}>
          {isError ? (
            <NoticeBox tone="warning" title={text('credits.unreadable')} lines={[text('credits.old')]} />
          ) : null}
          <CreditsContent usage={data} isAsking={isAsking} period={period} onChoose={choose} />
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}

function Credits() {
  const text = useText();
  return (
    <>
      <Page.Title>{text('credits.page-title')}</Page.Title>
      <CreditsBody />
    </>
  );
}

/** What background removal costs, what is left, and until when. */
export default function CreditsPage() {
  return (
    <Page.Protect permissions={usagePermissions}>
      <Words>
        <Credits />
      </Words>
    </Page.Protect>
  );
}
