import { useMemo, useReducer, useRef } from 'react';

import { paintCutout, type Work } from './canvases';
import { createHistory } from './paint/history';
import { snapTo } from './paint/snap';
import { beginStroke, type Brush, type Point, type Stroke } from './paint/stroke';

export interface Painting {
  begin: (brush: Brush & { snaps: boolean }, point: Point) => void;
  move: (point: Point) => void;
  end: () => void;
  /** As if the stroke under way had never been begun. */
  drop: () => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** Something was painted that is not saved. */
  isUnsaved: boolean;
  /** Names what the matte looks like now. */
  state: number;
  /** What the matte looked like in that state is stored. */
  setSaved: (state: number) => void;
}

/** Strokes on the matte, with undo and redo. The page is drawn anew when one has ended, the stage draws along by itself. */
export function usePainting(work: Work): Painting {
  const history = useMemo(() => createHistory(work.matte), [work]);
  const saved = useRef({ history, state: 0 });
  if (saved.current.history !== history) saved.current = { history, state: 0 };
  const stroke = useRef<Stroke | null>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);

  const step = (which: 'undo' | 'redo') => {
    // In the middle of a stroke it would put back squares that the stroke goes on to change.
    if (stroke.current) return;
    const changed = history[which]();
    if (!changed) return;
    paintCutout(work, changed);
    redraw();
  };
  return {
    begin({ snaps, ...brush }, point) {
      stroke.current = beginStroke(work.matte, brush, snaps ? snapTo(work.pixels, work) : null);
      paintCutout(work, stroke.current.to(point));
    },
    move(point) {
      if (stroke.current) paintCutout(work, stroke.current.to(point));
    },
    end() {
      const ended = stroke.current;
      stroke.current = null;
      if (ended && history.add(ended.before, ended.touched)) redraw();
    },
    drop() {
      const dropped = stroke.current;
      stroke.current = null;
      if (!dropped) return;
      work.matte.data.set(dropped.before);
      paintCutout(work, dropped.touched);
    },
    undo: () => step('undo'),
    redo: () => step('redo'),
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    isUnsaved: history.state !== saved.current.state,
    state: history.state,
    setSaved(state) {
      saved.current = { history, state };
      redraw();
    },
  };
}
