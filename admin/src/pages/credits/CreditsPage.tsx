import { Button, Flex, Loader } from '@strapi/design-system';
import { ArrowClockwise } from '@strapi/icons';
import { Layouts, Page } from '@strapi/strapi/admin';

import { useText } from '../../hooks/useText';
import { useUsage } from '../../services/api';
import { usagePermissions } from '../permissions';
import { CreditsContent } from './CreditsContent';
import { NoticeBox } from './Notices';

/** Only `aria-disabled` while it works: a disabled button would drop the keyboard's focus. */
function RefreshButton({ isBusy, onRefresh }: { isBusy: boolean; onRefresh: () => void }) {
  const text = useText();
  return (
    <Button
      variant="tertiary"
      startIcon={isBusy ? <Loader small /> : <ArrowClockwise />}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy) onRefresh();
      }}
    >
      {text(isBusy ? 'credits.refreshing' : 'credits.refresh')}
    </Button>
  );
}

function Credits() {
  const text = useText();
  const { data, isFetching, isError, refetch } = useUsage();
  const refresh = <RefreshButton isBusy={isFetching} onRefresh={() => void refetch()} />;

  if (!data) {
    if (isError) return <Page.Error content={text('credits.unreadable')} action={refresh} />;
    return <Page.Loading>{text('credits.loading')}</Page.Loading>;
  }
  return (
    <Page.Main>
      <Layouts.Header title={text('credits.title')} subtitle={text('credits.subtitle')} primaryAction={refresh} />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={4}>
          {isError ? (
            <NoticeBox tone="warning" title={text('credits.unreadable')} lines={[text('credits.old')]} />
          ) : null}
          <CreditsContent usage={data} />
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}

/** What background removal costs, what is left, and until when. */
export default function CreditsPage() {
  const text = useText();
  return (
    <Page.Protect permissions={usagePermissions}>
      <Page.Title>{text('credits.page-title')}</Page.Title>
      <Credits />
    </Page.Protect>
  );
}
