import { type FocusEvent, useMemo, useRef, useState } from 'react';

interface Holding {
  onFocus: () => void;
  onBlur: (event: FocusEvent) => void;
  onMouseEnter: () => void;
  onMouseLeave: () => void;
}

/**
 * Keeps a list's order while the pointer or the keyboard is in it: a row that moved away would take the focus along, or
 * the button from under the pointer. What is new comes last meanwhile.
 */
export function useHeldOrder<T>(
  wanted: readonly T[],
  idOf: (item: T) => number,
): { order: readonly T[]; holding: Holding } {
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const shown = useRef<number[]>([]);
  const order = isPointed || isFocused ? inPlace(wanted, idOf, shown.current) : wanted;
  shown.current = order.map(idOf);
  const holding = useMemo<Holding>(
    () => ({
      onFocus: () => setIsFocused(true),
      onBlur: ({ currentTarget, relatedTarget }) => setIsFocused(currentTarget.contains(relatedTarget)),
      onMouseEnter: () => setIsPointed(true),
      onMouseLeave: () => setIsPointed(false),
    }),
    [],
  );
  return { order, holding };
}

function inPlace<T>(wanted: readonly T[], idOf: (item: T) => number, places: readonly number[]): readonly T[] {
  const place = (item: T): number => {
    const at = places.indexOf(idOf(item));
    return at < 0 ? places.length : at;
  };
  return [...wanted].sort((a, b) => place(a) - place(b));
}
