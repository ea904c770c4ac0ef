import { boxBlur } from './box-blur';
import { wasm } from './kernels/colours';
import { instantiate, planMemory } from './kernels/memory';
import type { Plane, Raster } from './raster';

/**
 * Foreground colours in the soft band by blur fusion (M. Forte: "Approximate Fast Foreground Colour Estimation", ICIP
 * 2021, the two-pass variant "FB Blur-Fusion x2"): the colours of both sides are weighted means of the surroundings,
 * first of wide ones, then, corrected by what the mix leaves over, of near ones. The means are taken over square cells
 * instead of pixels, since they vary slowly; the correction of each pixel itself is exact. The loops are in
 * server/kernels/colours.ts, through which the picture passes in strips, one for each row of cells.
 */

interface Grid {
  /** Pixels per cell side. */
  size: number;
  columns: number;
  rows: number;
}

/** Cells per side of a square picture, about: the near window of 3 × 3 cells is then 12 pixels wide at 12 MP. */
const CELLS_PER_SIDE = 900;
/** A wide cell has 4 × 4 near ones. */
const WIDE = 4;
/** Radius of the wide mean in wide cells: some 100 pixels at 12 MP, as in the paper. */
const WIDE_RADIUS = 6;

/**
 * Weight of a pixel of this alpha in the foreground's means, and of 255 minus it in the background's. The paper weighs by
 * alpha itself; its fourth power trusts the purer pixels more, which leaves a fifth less error on the scenes of
 * tests/fixtures, and most in what is half transparent all over.
 */
const PURITY = Float32Array.from({ length: 256 }, (_, alpha) => (alpha / 255) ** 4);

/** Numbers of a cell, see server/kernels/colours.ts. */
const CELL = 8;
const CELL_BYTES = 4 * CELL;

interface Kernel {
  scan(alpha: number, width: number, height: number, size: number, soft: number): number;
  addWide(rgb: number, alpha: number, width: number, stride: number, size: number, purity: number, sums: number): void;
  divide(cells: number, count: number): void;
  addNear(
    rgb: number,
    alpha: number,
    width: number,
    height: number,
    size: number,
    soft: number,
    softWidth: number,
    purity: number,
    wide: number,
    wideShare: number,
    sums: number,
  ): void;
  unmix(
    rgb: number,
    alpha: number,
    width: number,
    height: number,
    size: number,
    soft: number,
    above: number,
    own: number,
    below: number,
    cell: number,
  ): void;
}

function gridOf({ width, height }: Plane, size: number): Grid {
  return { size, columns: Math.ceil(width / size), rows: Math.ceil(height / size) };
}

/** The memory that a picture passes through, and where its strips lie in it. */
function createStrips({ rgb }: Raster, alpha: Plane) {
  const { width, height } = alpha;
  const near = gridOf(alpha, Math.max(2, Math.round(Math.sqrt(width * height) / CELLS_PER_SIDE)));
  const wide = gridOf(alpha, near.size * WIDE);
  const pixels = near.size * width;
  // A cell more at each end, so that all of them have neighbours.
  const softWidth = near.columns + 2;
  const plan = planMemory();
  const strips = [0, 1].map(() => ({ rgb: plan.take(3 * pixels + SLACK), alpha: plan.take(pixels + SLACK) }));
  const at = {
    soft: plan.take(softWidth * (near.rows + 2) + SLACK),
    purity: plan.numbers(PURITY.length),
    wide: plan.numbers(wide.columns * wide.rows * CELL),
    // A row and those above and below it.
    sums: [0, 1, 2].map(() => plan.numbers(softWidth * CELL)),
    cell: plan.numbers(CELL),
  };
  const memory = plan.memory();
  new Float32Array(memory.buffer, at.purity, PURITY.length).set(PURITY);
  const bytes = new Uint8Array(memory.buffer);
  return {
    near,
    wide,
    at,
    softWidth,
    kernel: instantiate<Kernel>(wasm, memory),
    wideSums: new Float32Array(memory.buffer, at.wide, wide.columns * wide.rows * CELL),
    forget: (sums: number) => bytes.fill(0, sums, sums + softWidth * CELL_BYTES),
    /** Where a strip is, and how many rows of pixels it has. */
    place: (row: number) => ({ ...strips[row % 2]!, height: Math.min(near.size, height - row * near.size) }),
    load(row: number): void {
      const to = strips[row % 2]!;
      const [from, end] = [row * pixels, Math.min(width * height, (row + 1) * pixels)];
      bytes.set(rgb.subarray(3 * from, 3 * end), to.rgb);
      bytes.set(alpha.data.subarray(from, end), to.alpha);
    },
    save(row: number, target: Buffer): void {
      const { rgb: from } = strips[row % 2]!;
      const end = Math.min(3 * width * height, 3 * (row + 1) * pixels);
      target.set(bytes.subarray(from, from + end - 3 * row * pixels), 3 * row * pixels);
    },
  };
}

/** The kernel looks at 16 bytes at a time. */
const SLACK = 16;

type Strips = ReturnType<typeof createStrips>;

/** Marks the soft cells and sums up the wide ones; whether any is soft. */
function survey({ near, wide, at, softWidth, kernel, wideSums, load, place }: Strips, { width }: Plane): boolean {
  let found = false;
  for (let row = 0; row < near.rows; row++) {
    load(row);
    const { rgb, alpha, height } = place(row);
    const soft = at.soft + (row + 1) * softWidth + 1;
    if (kernel.scan(alpha, width, height, near.size, soft) !== 0) found = true;
    const sampled = (near.size >> 1) * width;
    if (sampled >= height * width) continue;
    const sums = at.wide + Math.floor(row / WIDE) * wide.columns * CELL_BYTES;
    kernel.addWide(rgb + 3 * sampled, alpha + sampled, width, near.size, wide.size, at.purity, sums);
  }
  if (!found) return false;
  wideSums.set(boxBlur(wideSums, wide, CELL, WIDE_RADIUS));
  kernel.divide(at.wide, wide.columns * wide.rows);
  return true;
}

/**
 * Writes the picture's colours without those of its old background to `target`, which may be the picture's own: in the
 * soft band (0 < alpha < 255) the foreground's, else what they are, and black where alpha is 0.
 */
export function unmixColours(raster: Raster, plane: Plane, target: Buffer): void {
  const strips = createStrips(raster, plane);
  const { near, wide, at, softWidth, kernel, place } = strips;
  const { width } = plane;
  survey(strips, plane);
  const softRow = (row: number): number => at.soft + (row + 1) * softWidth;
  const sumsOf = (row: number): number => at.sums[(row + 3) % 3]!;
  for (let row = -1; row < near.rows; row++) {
    // The strip below, whose sums this one needs, is read before this one is written.
    const next = row + 1;
    if (next < near.rows) {
      strips.load(next);
      const { rgb, alpha, height } = place(next);
      const colours = at.wide + Math.floor(next / WIDE) * wide.columns * CELL_BYTES;
      const sums = sumsOf(next) + CELL_BYTES;
      const soft = softRow(next - 1);
      kernel.addNear(
        ...([rgb, alpha, width, height, near.size, soft, softWidth, at.purity, colours, WIDE, sums] as const),
      );
    } else {
      strips.forget(sumsOf(next));
    }
    if (row < 0) continue;
    const { rgb, alpha, height } = place(row);
    const sums = [row - 1, row, row + 1].map(sumsOf) as [number, number, number];
    kernel.unmix(rgb, alpha, width, height, near.size, softRow(row), ...sums, at.cell);
    strips.save(row, target);
  }
}
