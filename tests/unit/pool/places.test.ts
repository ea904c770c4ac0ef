import { createPlaces, type Place } from '../../../server/src/pool/places';

const BULK = 20;
const UPLOAD = 10;
const PERSON = 0;
const never = new AbortController().signal;
const model = (priority: number) => ({ priority, runsModel: true });
const compose = (priority: number) => ({ priority, runsModel: false });

/** Takes places in the order of asking, and notes who got one. */
function asking(count: number) {
  const places = createPlaces(count);
  const got: string[] = [];
  const held = new Map<string, Place>();
  const ask = (name: string, wish: { priority: number; runsModel: boolean }, signal = never) =>
    places.take(signal, wish).then((place) => {
      got.push(`${name}:${place.lane}`);
      held.set(name, place);
    });
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { ask, got, held, settled };
}

test('a person goes before an upload and that before a bulk run, what needs no model run first', async () => {
  const { ask, got, held, settled } = asking(1);
  void ask('running', compose(BULK));
  void ask('bulk model', model(BULK));
  void ask('bulk compose', compose(BULK));
  void ask('upload', model(UPLOAD));
  void ask('person model', model(PERSON));
  void ask('person compose', compose(PERSON));
  void ask('later person', compose(PERSON));
  await settled();
  expect(got).toEqual(['running:main']);
  for (const name of ['running', 'person compose', 'later person', 'person model', 'upload']) {
    held.get(name)?.release();
    await settled();
  }
  expect(got).toEqual([
    ...['running:main', 'person compose:main', 'later person:main', 'person model:main'],
    // Beside the model run that holds the place.
    ...['bulk compose:quick', 'upload:main', 'bulk model:main'],
  ]);
});

test('while model runs hold every place, one task that needs none goes on beside them', async () => {
  const { ask, got, held, settled } = asking(2);
  void ask('one', model(BULK));
  void ask('other', model(BULK));
  void ask('model', model(PERSON));
  void ask('first', compose(BULK));
  void ask('second', compose(BULK));
  await settled();
  expect(got).toEqual(['one:main', 'other:main', 'first:quick']);
  held.get('first')?.release();
  await settled();
  expect(got.at(-1)).toBe('second:quick');
  held.get('one')?.release();
  await settled();
  expect(got.at(-1)).toBe('model:main');
});

test('a task that needs no model run waits for another such one, and takes no child more', async () => {
  const { ask, got, held, settled } = asking(1);
  void ask('one', compose(UPLOAD));
  void ask('other', compose(PERSON));
  await settled();
  expect(got).toEqual(['one:main']);
  held.get('one')?.release();
  held.get('one')?.release();
  await settled();
  expect(got).toEqual(['one:main', 'other:main']);
});

test('who gives up waits no more, and takes nobody’s place', async () => {
  const { ask, got, held, settled } = asking(1);
  const gives = new AbortController();
  void ask('one', model(UPLOAD));
  const gone = ask('gone', model(PERSON), gives.signal);
  void ask('next', model(BULK));
  gives.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  await expect(ask('late', model(PERSON), gives.signal)).rejects.toThrow('gone');
  held.get('one')?.release();
  await settled();
  expect(got).toEqual(['one:main', 'next:main']);
});
