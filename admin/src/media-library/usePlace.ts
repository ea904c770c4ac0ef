import { useEffect, useState } from 'react';

/**
 * A place of our own in a page of Strapi's that has no slot for it; null while the page shows no such anchor. React of the
 * page may take the anchor away at any time, and make another one.
 * @param put inserts the place at the anchor; one function for the life of the page
 */
export function usePlace(anchor: string, put: (anchor: Element, place: Element) => void): Element | null {
  const [place, setPlace] = useState<Element | null>(null);
  useEffect(() => {
    const own = document.createElement('div');
    const settle = () => {
      const found = document.querySelector(anchor);
      if (found && !found.contains(own) && !found.parentElement?.contains(own)) put(found, own);
      setPlace(found ? own : null);
    };
    settle();
    const observer = new MutationObserver(settle);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      own.remove();
    };
  }, [anchor, put]);
  return place;
}
