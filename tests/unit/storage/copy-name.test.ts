import { copyName } from '../../../server/src/storage/original';

test.each([
  ['Mug (blue) – größe 2.jpg', 'Mug (blue) _ größe 2.jpg'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['..', 'original'],
  ['', 'original'],
  ['a\\b:c?.png', 'a_b_c_.png'],
])('%j is copied as %j', (name, expected) => {
  expect(copyName({ name })).toBe(expected);
});

test('a long name keeps its ending', () => {
  const name = copyName({ name: `${'x'.repeat(300)}.webp` });
  expect(name).toHaveLength(60);
  expect(name.endsWith('.webp')).toBe(true);
});
