import { Button, Flex, Typography } from '@strapi/design-system';
import { CheckCircle, Duplicate } from '@strapi/icons';
import { Layouts, Page, useClipboard, useNotification } from '@strapi/strapi/admin';

import type { DoctorReport } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { useDoctor } from '../../services/doctor';
import { Words } from '../../translations/Words';
import { useFormats } from '../credits/useFormats';
import { BusyButton } from '../forms/BusyButton';
import { settingsPermissions } from '../permissions';
import { Problems } from './Problems';
import { WellList } from './WellList';

/** What the plugin needs to work, what of it does not, and what to do about that. */
export default function DoctorPage() {
  return (
    <Page.Protect permissions={settingsPermissions}>
      <Words>
        <Doctor />
      </Words>
    </Page.Protect>
  );
}

function Doctor() {
  const text = useText();
  const { moment } = useFormats();
  const { data, isFetching, isError, refetch } = useDoctor();
  const again = (
    <BusyButton
      label={text('doctor.again')}
      busyLabel={text('doctor.checking')}
      isBusy={isFetching}
      variant="secondary"
      onPress={() => void refetch()}
    />
  );
  if (!data) {
    if (isError) return <Page.Error content={text('doctor.unreadable')} action={again} />;
    return <Page.Loading>{text('doctor.loading')}</Page.Loading>;
  }
  return (
    <Page.Main>
      <Page.Title>{text('pages.doctor')}</Page.Title>
      <Layouts.Header
        title={text('pages.doctor')}
        subtitle={text('doctor.subtitle', { when: moment(data.at) })}
        primaryAction={
          <Flex gap={2} wrap="wrap">
            <CopyButton report={data.text} />
            {again}
          </Flex>
        }
      />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={6}>
          {isError ? <Typography role="alert">{text('doctor.unreadable')}</Typography> : null}
          <Findings checks={data.checks} />
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}

function CopyButton({ report }: { report: string }) {
  const text = useText();
  const { copy } = useClipboard();
  const { toggleNotification } = useNotification();
  const press = async () => {
    const isDone = await copy(report);
    const message = text(isDone ? 'doctor.copied' : 'doctor.not-copied');
    toggleNotification({ type: isDone ? 'success' : 'danger', message });
  };
  return (
    <Button variant="tertiary" startIcon={<Duplicate />} onClick={() => void press()}>
      {text('doctor.copy')}
    </Button>
  );
}

function Findings({ checks }: Pick<DoctorReport, 'checks'>) {
  const text = useText();
  const problems = checks.filter(({ problem }) => problem !== null);
  return (
    <>
      {problems.length > 0 ? (
        <Problems checks={problems} />
      ) : (
        <Flex gap={2}>
          <CheckCircle aria-hidden fill="success600" />
          <Typography role="status" fontWeight="semiBold">
            {text('doctor.all-well')}
          </Typography>
        </Flex>
      )}
      <WellList checks={checks.filter(({ problem }) => problem === null)} />
    </>
  );
}
