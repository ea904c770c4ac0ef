import { useCallback, useEffect, useState } from 'react';

import type { Size } from './paint/plane';
import { fit, moveBy, type Place, type View, zoomTo } from './paint/view';

export interface Viewing {
  view: View;
  stage: Size;
  setStage: (stage: Size) => void;
  showAll: () => void;
  /** @param place on the stage, that stays where it is; its middle when left out */
  zoomBy: (factor: number, place?: Place) => void;
  zoomTo: (scale: number) => void;
  move: (by: Place) => void;
}

/** What of the picture the stage shows. It shows all of it until somebody zooms or moves it. */
export function useView(picture: Size): Viewing {
  const [stage, setStage] = useState<Size>({ width: 0, height: 0 });
  const [chosen, setChosen] = useState<View | null>(null);
  const { width, height } = picture;
  useEffect(() => setChosen(null), [width, height]);
  const view = chosen ?? fit(picture, stage);
  const middle = { x: stage.width / 2, y: stage.height / 2 };
  return {
    view,
    stage,
    setStage: useCallback((size) => {
      setStage((before) => (before.width === size.width && before.height === size.height ? before : size));
    }, []),
    showAll: () => setChosen(null),
    zoomBy: (factor, place = middle) =>
      setChosen((before) => {
        const from = before ?? fit(picture, stage);
        return zoomTo(from, from.scale * factor, place, picture, stage);
      }),
    zoomTo: (scale) => setChosen((before) => zoomTo(before ?? fit(picture, stage), scale, middle, picture, stage)),
    move: (by) => setChosen((before) => moveBy(before ?? fit(picture, stage), by, picture, stage)),
  };
}
