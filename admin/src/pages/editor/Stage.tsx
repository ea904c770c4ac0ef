import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { styled } from 'styled-components';

import { useText } from '../../hooks/useText';
import type { Work } from './canvases';
import { Divider } from './Divider';
import { type Backdrop, drawStage, type Scene } from './drawStage';
import { type Place, toPicture } from './paint/view';
import type { Tool } from './tools';
import type { BrushSettings } from './useBrush';
import type { Painting } from './usePainting';
import { usePointer } from './usePointer';
import type { Viewing } from './useView';

const Ground = styled.div<{ $isPainting: boolean }>`
  position: relative;
  overflow: hidden;
  height: clamp(32rem, 68vh, min(72rem, 90vw));
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ theme }) => theme.colors.neutral150};
  cursor: ${({ $isPainting }) => ($isPainting ? 'crosshair' : 'grab')};
  touch-action: none;
  user-select: none;
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
  > canvas {
    display: block;
    width: 100%;
    height: 100%;
  }
`;

const STEP = 40;
const ZOOM = 1.25;

interface StageProps {
  name: string;
  work: Work;
  /** The stored cutout as the server composes it; null while there is none of what is painted. */
  exact: ImageBitmap | null;
  veil: HTMLCanvasElement | null;
  tool: Exclude<Tool, 'result'>;
  backdrop: Backdrop;
  viewing: Viewing;
  brush: BrushSettings;
  painting: Painting;
}

/** Original and cutout: to compare, to zoom and to paint on. */
export function Stage({ name, work, exact, veil, tool, backdrop, viewing, brush, painting }: StageProps) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [divider, setDivider] = useState(0.5);
  const hover = useRef<Place | null>(null);
  const { view, stage, setStage, move, zoomBy, showAll } = viewing;
  const isPainting = tool !== 'compare';
  const { width, height } = work;

  const scene = (): Scene => ({
    ...{ view, backdrop, veil, size: { width, height }, original: work.original },
    cutout: exact && !isPainting && !painting.isUnsaved ? exact : work.cutout,
    divider: isPainting ? null : divider,
    brush: isPainting && hover.current ? { ...hover.current, radius: (brush.size / 2) * view.scale } : null,
  });
  const draw = () => {
    const context = canvas.current?.getContext('2d');
    if (context && stage.width > 0) drawStage(context, stage, devicePixelRatio, scene());
  };
  useSize(place, setStage);
  useLayoutEffect(draw);

  const at = ({ x, y, pressure }: Place & { pressure: number }) => ({ ...toPicture(view, { x, y }), pressure });
  const pointer = usePointer({
    ...{ stage: place, isPainting, onMove: move, onZoom: zoomBy },
    onStroke: {
      begin(point) {
        if (isPainting) painting.begin({ ...brush, kind: tool }, at(point));
        draw();
      },
      move(point) {
        painting.move(at(point));
        draw();
      },
      end: painting.end,
      drop() {
        painting.drop();
        draw();
      },
    },
    onHover(point) {
      hover.current = point;
      if (isPainting) draw();
    },
  });

  const press = (event: KeyboardEvent) => {
    const steps: Record<string, Place> = {
      ArrowLeft: { x: STEP, y: 0 },
      ArrowRight: { x: -STEP, y: 0 },
      ArrowUp: { x: 0, y: STEP },
      ArrowDown: { x: 0, y: -STEP },
    };
    const step = steps[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (step) move(step);
    else if (event.key === '+' || event.key === '=') zoomBy(ZOOM);
    else if (event.key === '-') zoomBy(1 / ZOOM);
    else if (event.key === '0') showAll();
    else if (event.key !== ' ') return;
    // The arrows and the space bar would scroll the page.
    event.preventDefault();
  };

  return (
    <Ground
      ref={place}
      $isPainting={isPainting}
      role="group"
      aria-label={text('editor.stage')}
      tabIndex={0}
      onKeyDown={press}
      {...pointer}
    >
      <canvas
        ref={canvas}
        width={Math.round(stage.width * devicePixelRatio)}
        height={Math.round(stage.height * devicePixelRatio)}
        role="img"
        aria-label={text(isPainting ? 'panel.cutout-of' : 'editor.picture', { name })}
      />
      {isPainting ? null : <Divider value={divider} onChange={setDivider} />}
    </Ground>
  );
}

function useSize(place: { current: HTMLElement | null }, onSize: Viewing['setStage']): void {
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const look = () => onSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, [place, onSize]);
}
