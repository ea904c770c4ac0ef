import { optionsHash, parseComposeOptions, type ComposeOptions } from '../../../server/src/options';

function hashOf(input: unknown): string {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return optionsHash(result.options);
}

test('the hash is the same for every spelling and order of the same options', () => {
  const hash = hashOf({ w: 800, bg_color: 'red', shadow: { opacity: 0.5, blur: 4 } });
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf({ shadow: '{"blur":"4","opacity":0.5}', bg_color: '#F00', w: '800' })).toBe(hash);
});

test('saying a default is saying nothing', () => {
  expect(hashOf({ format: 'WEBP', w: 0, expand: 'true', angle: 0, sizes: [] })).toBe(hashOf({}));
});

test('every option changes the hash', () => {
  const changes = [
    { format: 'png' },
    { w: 10 },
    { h: 10 },
    { exact_resize: true },
    { enlarge: false },
    { mask: true },
    { bg_color: 'red' },
    { angle: 1 },
    { expand: false },
    { quality: 50 },
    { lossless: true },
    { trim: true },
    { margin: 1 },
    { scale: 50 },
    { position: 'top' },
    { shadow: true },
    { bg_image: 1 },
    { sizes: [320] },
    { decontaminate: false },
    { refine: false },
  ];
  const hashes = new Set([{}, ...changes].map(hashOf));
  expect(hashes.size).toBe(changes.length + 1);
});

test('an option that a later version adds leaves the hash as it was', () => {
  const result = parseComposeOptions({ w: 800 });
  if (!result.ok) throw new Error('expected options');
  const older = { ...result.options } as Partial<ComposeOptions>;
  delete older.refine;
  expect(optionsHash(older as ComposeOptions)).toBe(optionsHash(result.options));
});
