import type { AssetView } from '../../../../server/src/api/contracts';
import { previewOf } from '../../panel/variants';
import { fileUrl } from '../../services/fileUrl';

/** No cutout is larger than that in a grid: as the server makes its small pictures. */
const MOST_PX = 245;

/** The address of the cutout's small picture, or of the cutout where it is small itself; null where there is neither. */
export function smallCutoutUrl(view: Pick<AssetView, 'thumbnail' | 'variants'> | null): string | null {
  const whole = previewOf(view?.variants ?? []);
  const isSmall = whole && whole.width <= MOST_PX && whole.height <= MOST_PX;
  const shown = view?.thumbnail ?? (isSmall ? whole : undefined);
  return shown ? fileUrl(shown.url) : null;
}
