import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the keyboard's place when the button it was on goes, as one does whose work is done: the focus moves to `place`
 * then, and not to the top of the page.
 */
export function useKeptFocus(place: RefObject<HTMLElement>): { onFocus: () => void; onBlur: () => void } {
  const isInside = useRef(false);
  useLayoutEffect(() => {
    if (isInside.current && document.activeElement === document.body) place.current?.focus();
  });
  return {
    onFocus: () => {
      isInside.current = true;
    },
    // React tells of no blur while it takes elements away itself.
    onBlur: () => {
      isInside.current = false;
    },
  };
}
