import { type RefObject, useEffect } from 'react';

/**
 * Presses the button within `place` whose `aria-keyshortcuts` names the key. Not while somebody types, a dialog is open
 * or a key of the system is held down.
 */
export function useKeys(place: RefObject<HTMLElement>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[role=dialog], [role=alertdialog]')) return;
      const wanted = event.key.length === 1 ? event.key.toUpperCase() : event.key;
      const buttons = place.current?.querySelectorAll<HTMLElement>('[aria-keyshortcuts]') ?? [];
      const button = [...buttons].find((one) => one.getAttribute('aria-keyshortcuts')!.split(' ').includes(wanted));
      if (!button) return;
      event.preventDefault();
      button.click();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [place]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
