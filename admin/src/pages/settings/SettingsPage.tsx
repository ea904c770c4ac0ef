import { Flex } from '@strapi/design-system';
import { Layouts, Page } from '@strapi/strapi/admin';
import { useIntl } from 'react-intl';
import { useLocation } from 'react-router-dom';

import type { SettingsView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { useSettings } from '../../services/settings';
import { descriptor } from '../../translations';
import { Words } from '../../translations/Words';
import { NoticeBox } from '../credits/Notices';
import { settingsPermissions } from '../permissions';
import { EventNames } from './EventNames';
import { InForce } from './InForce';
import { KeyPanel } from './KeyPanel';
import { PresetsPanel } from './presets/PresetsPanel';
import { RulesPanel } from './rules/RulesPanel';
import { ValuesForm } from './ValuesForm';

/** What the plugin goes by, where it comes from, and what of it is set here. */
export default function SettingsPage() {
  return (
    <Page.Protect permissions={settingsPermissions}>
      <Words>
        <Settings />
      </Words>
    </Page.Protect>
  );
}

function Settings() {
  const text = useText();
  const { formatMessage } = useIntl();
  const { pathname } = useLocation();
  const { data, isError, refetch } = useSettings();
  // Among Strapi's own settings the plugin's name tells whose these are.
  const title = pathname.startsWith('/settings') ? formatMessage(descriptor('menu.title')) : text('pages.settings');
  if (!data) {
    return isError ? <Page.Error content={text('settings.unreadable')} /> : <Page.Loading />;
  }
  return (
    <Page.Main>
      <Page.Title>{title}</Page.Title>
      <Layouts.Header title={title} subtitle={text('settings.subtitle')} />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={6}>
          <Notes settings={data} />
          {/* A form begins anew with what somebody has saved. */}
          <ValuesForm key={`values ${data.version}`} settings={data} />
          <PresetsPanel settings={data} />
          <RulesPanel key={`rules ${data.version}`} settings={data} />
          <KeyPanel key={`key ${data.version}`} settings={data} onSaved={() => void refetch()} />
          <EventNames events={data.events} />
          <InForce groups={data.groups} />
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}

function Notes({ settings: { problem } }: { settings: SettingsView }) {
  const text = useText();
  return (
    <>
      {problem ? (
        <NoticeBox
          tone="warning"
          title={text(`settings.problem.${problem}.title`)}
          lines={[text(`settings.problem.${problem}.text`)]}
        />
      ) : null}
    </>
  );
}
