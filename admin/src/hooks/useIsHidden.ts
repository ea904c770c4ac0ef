import { useSyncExternalStore } from 'react';

const subscribe = (onChange: () => void) => {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
};
const isHidden = () => document.visibilityState === 'hidden';

/** Whether the page is in the back, where nobody sees it. */
export const useIsHidden = (): boolean => useSyncExternalStore(subscribe, isHidden);
