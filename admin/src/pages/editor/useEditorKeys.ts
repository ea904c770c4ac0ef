import { useEffect, useRef } from 'react';

interface EditorKeys {
  undo: () => void;
  redo: () => void;
  larger: () => void;
  smaller: () => void;
}

/** Ctrl+Z, Ctrl+Shift+Z and the brackets, wherever on the page; not while somebody types or a dialog is open. */
export function useEditorKeys(keys: EditorKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = actOf(event);
      if (!act || isTyping(event.target) || document.querySelector('[role=dialog], [role=alertdialog]')) return;
      event.preventDefault();
      latest.current[act]();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function actOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): keyof EditorKeys | null {
  if (ctrlKey || metaKey) {
    if (altKey) return null;
    if (key.toLowerCase() === 'z') return shiftKey ? 'redo' : 'undo';
    return key.toLowerCase() === 'y' ? 'redo' : null;
  }
  if (key === '[') return 'smaller';
  return key === ']' ? 'larger' : null;
}

/** A slider or a tick takes none of these keys. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('textarea, select, input:not([type=range], [type=checkbox], [type=color])'));
