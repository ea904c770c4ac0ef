import { type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef } from 'react';

import type { Place } from './paint/view';

interface PointerOptions {
  stage: RefObject<HTMLElement>;
  /** A press draws; else it moves the picture. */
  isPainting: boolean;
  onMove: (by: Place) => void;
  onZoom: (factor: number, place: Place) => void;
  onStroke: { begin: (at: Pressed) => void; move: (at: Pressed) => void; end: () => void; drop: () => void };
  /** Where the pointer is over the stage; null when it has left. */
  onHover: (place: Place | null) => void;
}

export interface Pressed extends Place {
  /** 0…1; 1 of all but pens. */
  pressure: number;
}

/** What a turn of the wheel by so many pixels doubles. */
const WHEEL = 400;

/**
 * Pointers on the stage. One draws, or moves the picture: with the space bar or the middle button while somebody paints
 * too. Two fingers move and zoom it.
 */
export function usePointer({ stage, isPainting, onMove, onZoom, onStroke, onHover }: PointerOptions) {
  const down = useRef(new Map<number, Place>());
  const mode = useRef<'stroke' | 'move' | null>(null);
  const isSpace = useSpace();
  const zoom = useRef(onZoom);
  zoom.current = onZoom;

  useEffect(() => {
    const element = stage.current;
    // React's own listener is passive: the page would scroll along.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      zoom.current(2 ** (-event.deltaY / WHEEL), placeOf(event, element!));
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [stage]);

  const pinch = (id: number, to: Place) => {
    const [first, second] = [...down.current.values()];
    const [other] = [...down.current].filter(([key]) => key !== id).map(([, place]) => place);
    const from = down.current.get(id);
    if (!first || !second || !other || !from) return;
    onMove({ x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 });
    const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
    onZoom(distance(to, other) / Math.max(1, distance(from, other)), middle);
  };

  const end = (event: ReactPointerEvent<HTMLElement>) => {
    down.current.delete(event.pointerId);
    if (down.current.size > 0) return;
    if (mode.current === 'stroke') onStroke.end();
    mode.current = null;
  };

  return {
    onPointerDown(event: ReactPointerEvent<HTMLElement>) {
      if (event.button > 1) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const place = placeOf(event, event.currentTarget);
      down.current.set(event.pointerId, place);
      if (down.current.size > 1) {
        if (mode.current === 'stroke') onStroke.drop();
        mode.current = 'move';
        return;
      }
      mode.current = isPainting && event.button === 0 && !isSpace.current ? 'stroke' : 'move';
      if (mode.current === 'stroke') onStroke.begin(pressed(event, place));
    },
    onPointerMove(event: ReactPointerEvent<HTMLElement>) {
      const place = placeOf(event, event.currentTarget);
      onHover(place);
      const from = down.current.get(event.pointerId);
      if (!from) return;
      if (down.current.size > 1) pinch(event.pointerId, place);
      else if (mode.current === 'stroke') strokeOn(event, onStroke.move);
      else onMove({ x: place.x - from.x, y: place.y - from.y });
      down.current.set(event.pointerId, place);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave: () => onHover(null),
  };
}

const distance = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y);

function placeOf({ clientX, clientY }: { clientX: number; clientY: number }, element: HTMLElement): Place {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

const pressed = ({ pointerType, pressure }: { pointerType: string; pressure: number }, place: Place): Pressed => ({
  ...place,
  // A mouse says one half whenever it is pressed.
  pressure: pointerType === 'pen' && pressure > 0 ? pressure : 1,
});

/** A browser gathers fast moves into one event. */
function strokeOn(event: ReactPointerEvent<HTMLElement>, move: (at: Pressed) => void): void {
  const gathered = event.nativeEvent.getCoalescedEvents?.() ?? [];
  for (const one of gathered.length > 0 ? gathered : [event.nativeEvent]) {
    move(pressed(one, placeOf(one, event.currentTarget)));
  }
}

/** Whether the space bar is held, while nothing else takes it. */
function useSpace(): RefObject<boolean> {
  const isHeld = useRef(false);
  useEffect(() => {
    const set = (event: KeyboardEvent) => {
      if (event.code === 'Space') isHeld.current = event.type === 'keydown';
    };
    const letGo = () => {
      isHeld.current = false;
    };
    document.addEventListener('keydown', set);
    document.addEventListener('keyup', set);
    window.addEventListener('blur', letGo);
    return () => {
      document.removeEventListener('keydown', set);
      document.removeEventListener('keyup', set);
      window.removeEventListener('blur', letGo);
    };
  }, []);
  return isHeld;
}
