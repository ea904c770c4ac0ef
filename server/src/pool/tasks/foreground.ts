import { decontaminate } from '../../imaging/decontaminate';
import { lift } from '../../imaging/lift';
import { withOwnAlpha } from '../../imaging/matte';
import { clearHidden } from '../../imaging/planes';
import type { Layer, Plane, Raster } from '../../imaging/raster';
import type { VariantRequest } from '../contract';
import { dropUnused } from './memory';

/** How a variant wants its foreground made; variants that want the same share it. */
export interface Finish {
  refine: boolean;
  decontaminate: boolean;
}

export interface Foregrounds {
  /** The matte at the original's size. */
  matte(refine: boolean): Promise<Plane>;
  /** The matte times the original's own alpha: what is seen. */
  alpha(refine: boolean): Promise<Plane>;
  /** Colours and alpha; the last one asked for is kept. */
  layer(finish: Finish): Promise<Layer>;
}

export function finishOf({ options }: VariantRequest, refine: boolean): Finish {
  return { refine: refine && options.refine, decontaminate: options.decontaminate };
}

export interface ForegroundOptions {
  /** The matte comes from the model just now, see imaging/lift. */
  fresh: boolean;
  /** One layer is asked for, once the matte is there, and nobody needs the raster's own colours any more. */
  spend: boolean;
}

export function createForegrounds(raster: Raster, matte: Plane, { fresh, spend }: ForegroundOptions): Foregrounds {
  const pixels = raster.width * raster.height;
  const lifted = new Map<boolean, Promise<{ matte: Plane; alpha: Plane }>>();
  let last: { key: string; layer: Layer } | null = null;

  const liftMatte = async (refine: boolean) => {
    const full = await lift(matte, raster, { refine, fresh });
    return { matte: full, alpha: withOwnAlpha(full, raster) };
  };
  // The promise is kept, not the planes: the matte's file and the first variant ask at the same time.
  const planes = (refine: boolean) => {
    const known = lifted.get(refine) ?? liftMatte(refine);
    lifted.set(refine, known);
    return known;
  };

  return {
    matte: async (refine) => (await planes(refine)).matte,
    alpha: async (refine) => (await planes(refine)).alpha,
    async layer(finish) {
      const key = JSON.stringify(finish);
      if (last?.key === key) return last.layer;
      last = null;
      dropUnused(pixels);
      const { alpha } = await planes(finish.refine);
      const { width, height } = raster;
      const plain = () => (spend ? raster.rgb : Buffer.from(raster.rgb));
      const rgb = finish.decontaminate ? decontaminate(raster, alpha, spend) : plain();
      const layer = { width, height, rgb, alpha: alpha.data };
      if (!finish.decontaminate) clearHidden(layer);
      last = { key, layer };
      return layer;
    },
  };
}
