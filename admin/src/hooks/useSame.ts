import { useRef } from 'react';

/** Keeps the object of an earlier render while its content is the same, so that typing elsewhere re-renders nothing. */
export function useSame<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
