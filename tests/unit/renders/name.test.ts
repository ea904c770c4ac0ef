import { type ComposeOptions, parseComposeOptions } from '../../../server/src/options';
import { renderName, type RenderSource } from '../../../server/src/renders/name';

const options = (input: object): ComposeOptions => {
  const parsed = parseComposeOptions(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.options;
};
const source: RenderSource = {
  source: 'a'.repeat(64),
  matte: 'mug_cutout_matte_0123456789abcd',
  options: options({ w: 600 }),
  refine: true,
  background: null,
};

it('is one for every spelling of the same options, with the ending of their format', () => {
  const name = renderName(source);
  expect(name).toMatch(/^[0-9a-f]{32}\.webp$/);
  expect(renderName({ ...source, options: options({ mask: '0', w: '600', bg_color: '' }) })).toBe(name);
  expect(renderName({ ...source, options: options({ w: 600, format: 'jpg' }) })).toMatch(/\.jpg$/);
});

it('is another for everything that the picture depends on', () => {
  const others: Partial<RenderSource>[] = [
    {},
    { source: 'b'.repeat(64) },
    { matte: 'mug_cutout_matte_fedcba98764321' },
    { options: options({ w: 601 }) },
    { refine: false },
    { background: [1, 'sky', 20, 5] },
    { background: [1, 'sky', 20, 6] },
  ];
  expect(new Set(others.map((other) => renderName({ ...source, ...other }))).size).toBe(others.length);
});
