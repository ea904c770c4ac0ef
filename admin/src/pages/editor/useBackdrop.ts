import type { Backdrop } from './drawStage';
import { usePersisted } from './usePersisted';

export const backdrops = ['checker', 'white', 'black', 'brand'] as const;
export type BackdropName = (typeof backdrops)[number];

export interface BackdropControl {
  name: BackdropName;
  backdrop: Backdrop;
  /** A colour of the site's own, `#rrggbb`. */
  brand: string;
  choose: (name: BackdropName) => void;
  setBrand: (color: string) => void;
}

const FIXED = { white: '#ffffff', black: '#000000' };
const isColor = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

/** What lies under the cutout; this browser remembers it. */
export function useBackdrop(): BackdropControl {
  const [kept, choose] = usePersisted('backdrop', 'checker');
  const [color, setBrand] = usePersisted('brand', '#4945ff');
  const name = backdrops.find((one) => one === kept) ?? 'checker';
  const brand = isColor(color) ? color : '#4945ff';
  const backdrop: Backdrop = name === 'checker' ? name : { color: name === 'brand' ? brand : FIXED[name] };
  return { name, backdrop, brand, choose, setBrand };
}
