import { useState } from 'react';

/** A choice that this browser remembers. What cannot be kept is forgotten with the page. */
export function usePersisted(name: string, initial: string): [string, (value: string) => void] {
  const key = `cutout.editor.${name}`;
  const [value, setValue] = useState(() => read(key) ?? initial);
  return [
    value,
    (chosen) => {
      setValue(chosen);
      try {
        localStorage.setItem(key, chosen);
      } catch {
        // Private windows may have no storage.
      }
    },
  ];
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
