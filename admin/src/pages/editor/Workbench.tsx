import { useEffect, useMemo, useState } from 'react';

import { Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { AssetView, EditorResponse } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { BrushPanel } from './BrushPanel';
import { fringeVeil, type Work } from './canvases';
import { Columns } from './Columns';
import { EnginePanel } from './EnginePanel';
import { LeaveGuard } from './LeaveGuard';
import { OptionsPanel } from './options/OptionsPanel';
import { ResultView } from './options/ResultView';
import { useOptions } from './options/useOptions';
import { ProvenancePanel } from './ProvenancePanel';
import { type OwnChange, SaveBar } from './SaveBar';
import { Stage } from './Stage';
import { Backdrops, Tools, ZoomButtons } from './Toolbar';
import { type Tool, tools } from './tools';
import { useBackdrop } from './useBackdrop';
import { useBrush } from './useBrush';
import { useEditorKeys } from './useEditorKeys';
import { useExact } from './useExact';
import { usePainting } from './usePainting';
import { useView } from './useView';

const ZOOM = 1.25;

interface WorkbenchProps {
  info: EditorResponse['data'];
  view: AssetView;
  work: Work;
  /** Names the stored matte. */
  version: string;
  onOwn: (what: OwnChange | null) => void;
  onUnsaved: (isUnsaved: boolean) => void;
  /** What the page began with is out of date. */
  onStale: () => unknown;
}

/** The stage with its tools, and what is beside it. */
export function Workbench({ info, view, work, version, onOwn, onUnsaved, onStale }: WorkbenchProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  // Removing takes the permission to edit the file, as painting does.
  const mayEdit = view.may.remove;
  const [tool, setTool] = useState<Tool>('compare');
  const [isFringe, setIsFringe] = useState(false);
  const viewing = useView(work);
  const backdrop = useBackdrop();
  const brush = useBrush();
  const painting = usePainting(work);
  const exact = useExact(info.fileId, version, work.width);
  const options = useOptions(info.presets);
  const { undo, redo, state, isUnsaved } = painting;
  useEditorKeys({ undo, redo, larger: brush.larger, smaller: brush.smaller });
  useEffect(() => onUnsaved(isUnsaved), [isUnsaved, onUnsaved]);
  // The matte is painted on in place; its state says when it is another.
  const painted = useMemo(() => ({ matte: work.matte, state }), [work, state]);
  const veil = useMemo(() => (isFringe ? fringeVeil(painted.matte) : null), [isFringe, painted]);
  /** CSS pixels of a pixel of the original. */
  const ofOriginal = info.width / work.width;
  const isPainting = tool === 'erase' || tool === 'restore';

  return (
    <>
      <LeaveGuard isUnsaved={isUnsaved} />
      <Columns>
        <Flex direction="column" alignItems="stretch" gap={3} minWidth={0}>
          <Flex gap={4} wrap="wrap">
            <Tools tools={mayEdit ? tools : ['compare', 'result']} tool={tool} onTool={setTool} />
            {tool === 'result' ? null : (
              <ZoomButtons
                share={formatNumber(viewing.view.scale / ofOriginal, { style: 'percent' })}
                isFringe={isFringe}
                onIn={() => viewing.zoomBy(ZOOM)}
                onOut={() => viewing.zoomBy(1 / ZOOM)}
                onFit={viewing.showAll}
                onWhole={() => viewing.zoomTo(ofOriginal)}
                onFringe={() => setIsFringe(!isFringe)}
              />
            )}
            <Backdrops control={backdrop} />
          </Flex>
          {tool === 'result' ? (
            <ResultView
              fileId={info.fileId}
              version={version}
              query={options.query}
              backdrop={backdrop.backdrop}
              name={info.name}
            />
          ) : (
            <Stage
              name={info.name}
              work={work}
              exact={exact}
              veil={veil}
              tool={tool}
              backdrop={backdrop.backdrop}
              viewing={viewing}
              brush={brush.brush}
              painting={painting}
            />
          )}
          <Typography variant="pi" textColor="neutral600">
            {text(isPainting ? 'editor.hint.paint' : tool === 'result' ? 'editor.hint.result' : 'editor.hint.compare')}
          </Typography>
        </Flex>
        <Flex direction="column" alignItems="stretch" gap={4} minWidth={0}>
          {mayEdit ? <SaveBar view={view} work={work} painting={painting} onOwn={onOwn} /> : null}
          {isPainting ? <BrushPanel control={brush} painting={painting} /> : null}
          {tool === 'result' ? (
            <OptionsPanel view={view} presets={info.presets} options={options} mayEdit={mayEdit} onChanged={onStale} />
          ) : null}
          <EnginePanel view={view} made={info.provenance} />
          <ProvenancePanel info={info} />
        </Flex>
      </Columns>
    </>
  );
}
