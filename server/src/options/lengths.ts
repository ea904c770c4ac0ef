/** A margin of one side: whole pixels of the result, or a percentage of the subject's width or height. */
export interface Length {
  value: number;
  unit: 'px' | '%';
}

export interface Sides {
  top: Length;
  right: Length;
  bottom: Length;
  left: Length;
}

/** Where the subject sits: share 0…100 of the free space left of it and above it. */
export interface Position {
  x: number;
  y: number;
}

export const MAX_MARGIN_PX = 5000;
export const MAX_MARGIN_PERCENT = 200;

const LENGTH = /^(\d+(?:\.\d+)?)(px|%)?$/;

/** `10`, `10px`, `5%`; two values are vertical and horizontal, four go clockwise from the top, as in CSS. */
export function parseMargin(text: string): Sides | null {
  const lengths = text.trim().toLowerCase().split(/\s+/).map(parseLength);
  if (lengths.some((length) => length === null)) return null;
  const [a, b, c, d, ...rest] = lengths as Length[];
  if (a === undefined || rest.length > 0 || (c !== undefined && d === undefined)) return null;
  const right = b ?? a;
  return { top: a, right, bottom: c ?? a, left: d ?? right };
}

export function formatMargin({ top, right, bottom, left }: Sides): string {
  return [top, right, bottom, left].map(({ value, unit }) => `${value}${unit}`).join(' ');
}

const KEYWORDS: Record<string, Position> = {
  center: { x: 50, y: 50 },
  top: { x: 50, y: 0 },
  bottom: { x: 50, y: 100 },
  left: { x: 0, y: 50 },
  right: { x: 100, y: 50 },
  'top left': { x: 0, y: 0 },
  'top right': { x: 100, y: 0 },
  'bottom left': { x: 0, y: 100 },
  'bottom right': { x: 100, y: 100 },
};

const PERCENT = /^(\d+(?:\.\d+)?)%?$/;

/** A keyword (`center`, `top left`, `bottom-right`), `50%` for both axes, or `20% 80%`: horizontal, then vertical. */
export function parsePosition(text: string): Position | null {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/);
  const keyword = KEYWORDS[words.join(' ')] ?? KEYWORDS[[...words].reverse().join(' ')];
  if (keyword) return keyword;
  const shares = words.map((word) => Number(PERCENT.exec(word)?.[1] ?? Number.NaN));
  const [x, y = x, ...rest] = shares;
  if (x === undefined || y === undefined || rest.length > 0) return null;
  return [x, y].every((share) => share >= 0 && share <= 100) ? { x, y } : null;
}

export function formatPosition({ x, y }: Position): string {
  return `${x}% ${y}%`;
}

function parseLength(text: string): Length | null {
  const match = LENGTH.exec(text);
  if (!match) return null;
  const value = Number(match[1]);
  const unit = match[2] === '%' ? '%' : 'px';
  if (value > (unit === '%' ? MAX_MARGIN_PERCENT : MAX_MARGIN_PX)) return null;
  return { value: unit === 'px' ? Math.round(value) : value, unit };
}
