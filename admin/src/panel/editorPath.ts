import type { AssetView } from '../../../server/src/api/contracts';
import { pluginId } from '../pluginId';

/** Where a cutout is corrected by hand; null where there is none yet, or this person may not change the file. */
export const editorPath = ({ fileId, may, variants }: Pick<AssetView, 'fileId' | 'may' | 'variants'>): string | null =>
  may.remove && variants.some(({ key }) => key === 'cutout_matte') ? `/plugins/${pluginId}/edit/${fileId}` : null;
