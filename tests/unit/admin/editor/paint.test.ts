import { edgeBand } from '../../../../admin/src/pages/editor/paint/band';
import { createHistory } from '../../../../admin/src/pages/editor/paint/history';
import { NOTHING, type Plane } from '../../../../admin/src/pages/editor/paint/plane';
import { snapTo } from '../../../../admin/src/pages/editor/paint/snap';
import { beginStroke, type Brush } from '../../../../admin/src/pages/editor/paint/stroke';
import { fit, moveBy, toPicture, zoomTo } from '../../../../admin/src/pages/editor/paint/view';

const plane = (value: number, width = 100, height = 80): Plane => ({
  width,
  height,
  data: new Uint8Array(width * height).fill(value),
});
const at = ({ data, width }: Plane, x: number, y: number) => data[y * width + x];
const hard: Brush = { kind: 'erase', size: 20, softness: 0 };

describe('a stroke', () => {
  it('erases what the brush covers and nothing else, and says what it touched', () => {
    const matte = plane(255);
    const stroke = beginStroke(matte, hard, null);
    const touched = stroke.to({ x: 50, y: 40, pressure: 1 });
    expect([at(matte, 50, 40), at(matte, 58, 40), at(matte, 62, 40), at(matte, 50, 51)]).toEqual([0, 0, 255, 255]);
    expect(touched).toEqual({ left: 39, top: 29, right: 61, bottom: 51 });
  });

  it('leaves no gap between two points that are far apart', () => {
    const matte = plane(0);
    const stroke = beginStroke(matte, { ...hard, kind: 'restore' }, null);
    stroke.to({ x: 10, y: 40, pressure: 1 });
    stroke.to({ x: 90, y: 40, pressure: 1 });
    for (let x = 5; x < 95; x += 1) expect(at(matte, x, 40)).toBe(255);
    expect(at(matte, 50, 55)).toBe(0);
  });

  it('keeps a soft edge soft however often it passes', () => {
    const [once, often] = [plane(255), plane(255)];
    const soft = { ...hard, softness: 1 };
    beginStroke(once, soft, null).to({ x: 50, y: 40, pressure: 1 });
    const stroke = beginStroke(often, soft, null);
    for (let pass = 0; pass < 9; pass += 1) stroke.to({ x: 50, y: 40, pressure: 1 });
    expect(often.data).toEqual(once.data);
    expect(at(once, 55, 40)).toBeGreaterThan(80);
    expect(at(once, 55, 40)).toBeLessThan(180);
  });

  it('is narrower where a pen is pressed less', () => {
    const matte = plane(255);
    beginStroke(matte, hard, null).to({ x: 50, y: 40, pressure: 0.3 });
    expect([at(matte, 51, 40), at(matte, 56, 40)]).toEqual([0, 255]);
  });

  it('ends at the picture’s border', () => {
    const matte = plane(255);
    const stroke = beginStroke(matte, hard, null);
    expect(stroke.to({ x: -50, y: -50, pressure: 1 })).toEqual(NOTHING);
    stroke.to({ x: 0, y: 0, pressure: 1 });
    expect([at(matte, 0, 0), at(matte, 99, 0)]).toEqual([0, 255]);
  });

  it('with snapping spreads over colours like those under its centre', () => {
    const matte = plane(255);
    const pixels = new Uint8ClampedArray(100 * 80 * 4);
    // Dark to the left of 50, light to the right, with a little noise.
    for (let index = 0; index < 8000; index += 1) {
      const value = (index % 100 < 50 ? 40 : 200) + (index % 3) * 4;
      pixels.set([value, value, value, 255], index * 4);
    }
    beginStroke(matte, hard, snapTo(pixels, matte)).to({ x: 45, y: 40, pressure: 1 });
    expect([at(matte, 38, 40), at(matte, 49, 40), at(matte, 51, 40)]).toEqual([0, 0, 255]);
  });
});

describe('undo', () => {
  const erase = (matte: Plane, history: ReturnType<typeof createHistory>, x: number) => {
    const stroke = beginStroke(matte, hard, null);
    stroke.to({ x, y: 40, pressure: 1 });
    return history.add(stroke.before, stroke.touched);
  };

  it('goes back and forth, stroke by stroke, and names the states', () => {
    const matte = plane(255);
    const history = createHistory(matte);
    erase(matte, history, 20);
    const [first, one] = [matte.data.slice(), history.state];
    erase(matte, history, 60);
    const [second, two] = [matte.data.slice(), history.state];
    history.undo();
    expect([matte.data, history.state]).toEqual([first, one]);
    history.undo();
    expect([matte.data.every((value) => value === 255), history.state, history.undo()]).toEqual([true, 0, null]);
    history.redo();
    history.redo();
    expect([matte.data, history.state, history.canRedo]).toEqual([second, two, false]);
  });

  it('forgets what was undone at the next stroke, and strokes that changed nothing at once', () => {
    const matte = plane(255);
    const history = createHistory(matte);
    erase(matte, history, 20);
    history.undo();
    expect(erase(matte, history, 60)).toBe(true);
    expect(history.canRedo).toBe(false);
    matte.data.fill(0);
    expect(erase(matte, history, 60)).toBe(false);
    expect(history.redo()).toBeNull();
  });

  it('keeps within its memory, and knows that the first state is out of reach', () => {
    const matte = plane(255);
    const history = createHistory(matte, 4000);
    for (const x of [10, 30, 50, 70, 90]) erase(matte, history, x);
    let undone = 0;
    while (history.undo()) undone += 1;
    expect(undone).toBeGreaterThan(0);
    expect(undone).toBeLessThan(5);
    expect(history.state).not.toBe(0);
    expect(at(matte, 10, 40)).toBe(0);
    expect(at(matte, 90, 40)).toBe(255);
  });
});

it('the edge band lies along the edge, soft or hard, and nowhere else', () => {
  const matte = plane(0);
  for (let index = 0; index < matte.data.length; index += 1) if (index % 100 >= 50) matte.data[index] = 255;
  const band = edgeBand(matte, 2);
  const row = Array.from(band.subarray(4000, 4100)).flatMap((value, x) => (value ? x : []));
  expect(row).toEqual([47, 48, 49, 50, 51]);
  matte.data.fill(128, 4010, 4012);
  expect(edgeBand(matte, 0)[4010]).toBe(1);
  expect(edgeBand(plane(255), 3).some(Boolean)).toBe(false);
});

describe('the view', () => {
  const [picture, stage] = [
    { width: 1000, height: 500 },
    { width: 532, height: 400 },
  ];

  it('fits the whole picture in the middle', () => {
    expect(fit(picture, stage)).toEqual({ scale: 0.5, left: 16, top: 75 });
  });

  it('zooms about the pointer, within bounds', () => {
    const place = { x: 200, y: 150 };
    const before = toPicture(fit(picture, stage), place);
    const view = zoomTo(fit(picture, stage), 3, place, picture, stage);
    expect(toPicture(view, place).x).toBeCloseTo(before.x);
    expect(toPicture(view, place).y).toBeCloseTo(before.y);
    expect(zoomTo(view, 1e9, place, picture, stage).scale).toBe(32);
    expect(zoomTo(view, 0, place, picture, stage).scale).toBeCloseTo(0.125);
  });

  it('never loses the picture', () => {
    const moved = moveBy(fit(picture, stage), { x: 1e6, y: -1e6 }, picture, stage);
    expect(moved).toMatchObject({ left: 484, top: 48 - 250 });
  });
});
