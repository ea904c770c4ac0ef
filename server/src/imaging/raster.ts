export interface Size {
  width: number;
  height: number;
}

/** 8-bit interleaved sRGB picture, EXIF-oriented, straight colours; `alpha` is a separate plane, null when opaque. */
export interface Raster {
  width: number;
  height: number;
  rgb: Buffer;
  alpha: Buffer | null;
  /** Profile of the original when its colours were kept in it; absent when they are sRGB. */
  icc?: Buffer;
}

/** 8-bit single-channel plane. */
export interface Plane {
  width: number;
  height: number;
  data: Buffer;
}

/** A picture with transparency: 8-bit sRGB, straight colours, black where alpha is 0. */
export interface Layer {
  width: number;
  height: number;
  rgb: Buffer;
  alpha: Buffer;
}

/** A finished picture, before it is encoded. */
export type Composed =
  | { kind: 'grey'; width: number; height: number; data: Buffer }
  | { kind: 'opaque'; width: number; height: number; rgb: Buffer }
  | ({ kind: 'layer' } & Layer);
