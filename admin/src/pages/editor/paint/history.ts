import { isEmpty, NOTHING, type Plane, type Rect, union, within } from './plane';

/** Strokes touch little of a picture; only the squares that they changed are kept. */
const TILE = 64;
const MOST_BYTES = 64 * 1024 * 1024;

interface Tile {
  rect: Rect;
  before: Uint8Array;
  after: Uint8Array;
}

interface Change {
  id: number;
  tiles: Tile[];
  bytes: number;
}

export interface History {
  /** Keeps what a stroke changed. @param before the whole plane as it was @returns whether anything is different */
  add(before: Uint8Array, touched: Rect): boolean;
  /** @returns what has changed; null where there is nothing to undo */
  undo(): Rect | null;
  redo(): Rect | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Names the state of the plane: the same after an undo as before what was undone. */
  readonly state: number;
}

/** Undo and redo within bounds: the oldest strokes cannot be undone any more once all of them take too much memory. */
export function createHistory(plane: Plane, mostBytes: number = MOST_BYTES): History {
  const done: Change[] = [];
  let undone: Change[] = [];
  let lastId = 0;
  /** The state below the oldest stroke that is kept. */
  let floor = 0;

  const put = ({ tiles }: Change, which: 'before' | 'after'): Rect => {
    for (const tile of tiles) paste(plane, tile.rect, tile[which]);
    return tiles.map(({ rect }) => rect).reduce(union, NOTHING);
  };

  return {
    add(before, touched) {
      const tiles = changedTiles(plane, before, within(touched, plane));
      if (tiles.length === 0) return false;
      undone = [];
      const bytes = tiles.reduce((sum, tile) => sum + tile.before.length * 2, 0);
      done.push({ id: (lastId += 1), tiles, bytes });
      let kept = done.reduce((sum, change) => sum + change.bytes, 0);
      while (kept > mostBytes && done.length > 1) {
        const oldest = done.shift()!;
        kept -= oldest.bytes;
        floor = oldest.id;
      }
      return true;
    },
    undo() {
      const change = done.pop();
      if (!change) return null;
      undone.push(change);
      return put(change, 'before');
    },
    redo() {
      const change = undone.pop();
      if (!change) return null;
      done.push(change);
      return put(change, 'after');
    },
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
    get state() {
      return done.at(-1)?.id ?? floor;
    },
  };
}

function changedTiles(plane: Plane, before: Uint8Array, touched: Rect): Tile[] {
  if (isEmpty(touched)) return [];
  const tiles: Tile[] = [];
  for (let top = touched.top; top < touched.bottom; top += TILE) {
    for (let left = touched.left; left < touched.right; left += TILE) {
      const right = Math.min(touched.right, left + TILE);
      const rect = { left, top, right, bottom: Math.min(touched.bottom, top + TILE) };
      const tile = { rect, before: cut(before, plane.width, rect), after: cut(plane.data, plane.width, rect) };
      if (tile.before.some((value, at) => value !== tile.after[at])) tiles.push(tile);
    }
  }
  return tiles;
}

function cut(data: Uint8Array, width: number, { left, top, right, bottom }: Rect): Uint8Array {
  const piece = new Uint8Array((right - left) * (bottom - top));
  for (let row = top; row < bottom; row += 1) {
    piece.set(data.subarray(row * width + left, row * width + right), (row - top) * (right - left));
  }
  return piece;
}

function paste({ data, width }: Plane, { left, top, right, bottom }: Rect, piece: Uint8Array): void {
  for (let row = top; row < bottom; row += 1) {
    const from = (row - top) * (right - left);
    data.set(piece.subarray(from, from + right - left), row * width + left);
  }
}
