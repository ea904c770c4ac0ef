import { Flex, TextButton, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { AssetView } from '../../../server/src/api/contracts';
import type { Followed } from '../follow/follower';
import { follower } from '../follow/useFollowed';
import { useChange } from '../hooks/useChange';
import { useText } from '../hooks/useText';
import { type Engines, otherEngine, runAction } from './actions';
import { EditLink } from './EditLink';
import type { EntryImage } from './entryImages';
import { factsOf } from './facts';
import { FileList } from './FileList';
import { Pictures } from './Pictures';
import { RemoveButton } from './RemoveButton';
import { RunButton } from './RunButton';
import { StateWords } from './StateWords';
import { WishNote } from './WishNote';

interface ImageDetailsProps {
  image: EntryImage;
  followed: Followed;
  engines: Engines | undefined;
}

/** Before and after, how the cutout stands, and what this person can do about it. */
export function ImageDetails({ image: { file, isWanted }, followed: { view, problem }, engines }: ImageDetailsProps) {
  return (
    <Flex direction="column" alignItems="stretch" gap={2}>
      <Pictures file={file} view={view} />
      {problem ? <Problem problem={problem} /> : null}
      {view ? <Standing view={view} isWanted={isWanted} engines={engines} /> : null}
    </Flex>
  );
}

interface StandingProps {
  view: AssetView;
  /** A field asks for the cutout; null where that is not known. */
  isWanted: boolean | null;
  engines: Engines | undefined;
}

/** How a cutout stands, in words, and what this person can do about it. */
export function Standing({ view, isWanted, engines }: StandingProps) {
  return (
    <>
      <StateWords view={view} isWanted={isWanted} />
      <Facts view={view} />
      <Controls view={view} engines={engines} />
    </>
  );
}

function Facts({ view }: { view: AssetView }) {
  const text = useText();
  const { formatNumber } = useIntl();
  const facts = factsOf(
    view,
    {
      seconds: (value) => formatNumber(value, { maximumFractionDigits: value < 10 ? 1 : 0 }),
      share: (value) => formatNumber(value, { style: 'percent' }),
    },
    text,
  );
  if (facts.length === 0) return null;
  return (
    <Typography variant="pi" textColor="neutral600">
      {facts.join(' · ')}
    </Typography>
  );
}

function Controls({ view, engines }: { view: AssetView; engines: Engines | undefined }) {
  const { change, isSending } = useChange(view.fileId);
  const { name, may, variants } = view;
  const actions = [runAction(view, engines), otherEngine(view, engines)].flatMap((action) => action ?? []);
  return (
    <>
      <WishNote view={view} isSending={isSending} onForget={() => change({ change: 'forgetWish' })} />
      {actions.map((action) => (
        <RunButton
          key={action.label}
          name={name}
          action={action}
          isSending={isSending}
          onRun={(request) => void change({ change: 'run', request })}
        />
      ))}
      <FileList name={name} variants={variants} />
      {may.remove && variants.length > 0 ? (
        <Flex gap={4} wrap="wrap">
          <EditLink view={view} />
          <RemoveButton name={name} onRemove={() => change({ change: 'remove' })} />
        </Flex>
      ) : null}
    </>
  );
}

export function Problem({ problem }: { problem: NonNullable<Followed['problem']> }) {
  const text = useText();
  if (problem !== 'unreadable') {
    return (
      <Typography variant="pi" textColor="neutral600">
        {text(problem === 'forbidden' ? 'panel.forbidden' : 'reason.asset.missing')}
      </Typography>
    );
  }
  return (
    <Flex justifyContent="space-between" gap={2} role="alert">
      <Typography variant="pi" textColor="danger600">
        {text('panel.unreadable')}
      </Typography>
      <TextButton onClick={() => follower.refresh()}>{text('panel.reload')}</TextButton>
    </Flex>
  );
}
