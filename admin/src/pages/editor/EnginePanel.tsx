import { Typography } from '@strapi/design-system';

import type { AssetView, EditorResponse } from '../../../../server/src/api/contracts';
import { useChange } from '../../hooks/useChange';
import { useText } from '../../hooks/useText';
import { otherEngine, runAction } from '../../panel/actions';
import { RunButton } from '../../panel/RunButton';
import { StateWords } from '../../panel/StateWords';
import { useOverview } from '../../services/api';
import { moreEffort } from './efforts';
import { Side } from './Side';

interface EnginePanelProps {
  view: AssetView;
  made: EditorResponse['data']['provenance'];
}

/** How the cutout stands, and what has it made otherwise, with what that costs. */
export function EnginePanel({ view, made }: EnginePanelProps) {
  const text = useText();
  const { change, isSending } = useChange(view.fileId);
  const engines = useOverview().data?.engines;
  const others = [runAction(view, engines), otherEngine(view, engines)].flatMap((action) => action ?? []);
  const actions = [...others, ...moreEffort(view, made, engines)];
  const isKept = view.corrected && view.may.remove;
  return (
    <Side title={text('editor.engine')}>
      <StateWords view={view} isWanted={null} />
      {actions.map((action) => (
        <RunButton
          key={action.label}
          name={view.name}
          action={action}
          isSending={isSending}
          onRun={(request) => void change({ change: 'run', request })}
        />
      ))}
      {isKept || actions.length === 0 ? (
        <Typography variant="pi" textColor="neutral600">
          {text(isKept ? 'editor.engine.corrected' : 'editor.engine.none')}
        </Typography>
      ) : null}
    </Side>
  );
}
