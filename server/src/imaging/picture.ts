/** What the parts that handle pictures say of them; plain JSON, so that it crosses process borders. */

export interface SourceLimits {
  /** Pixels of the decoded original; beyond it `source.too-many-pixels`. */
  maxPixels: number;
  /** Share 0…1 of fully transparent pixels from which an original counts as cut out already; `null` never skips. */
  transparencyThreshold: number | null;
}

/** A picture on disk. */
export interface PictureFile {
  /** Absolute path. */
  path: string;
  /** With the dot, e.g. `.webp`. */
  ext: string;
  mime: string;
  width: number;
  height: number;
  bytes: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * A matte that exists already: stored earlier, brushed by an editor, or made by the remote engine. 8-bit grey PNG or a
 * picture whose alpha channel is the matte; smaller than the original is allowed, it is lifted to its size.
 */
export interface MatteFile {
  kind: 'file';
  path: string;
}
