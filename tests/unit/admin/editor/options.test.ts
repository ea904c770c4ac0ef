import { fields, groups } from '../../../../admin/src/pages/editor/options/fields';
import { asPreset, queryOf, usualShadow, valuesOf } from '../../../../admin/src/pages/editor/options/values';
import { readRenderQuery } from '../../../../server/src/api/content/render-query';
import type { configSchema } from '../../../../server/src/config/schema';
import { composeOptions, parseComposeOptions } from '../../../../server/src/options';
import { changedOptions } from '../../../../server/src/options/hash';

const options = (input: object) => {
  const parsed = parseComposeOptions(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.options;
};
const asked = (query: string) =>
  readRenderQuery(Object.fromEntries(new URLSearchParams(query)), {
    presets: {},
    render: { mode: 'options' } as ReturnType<typeof configSchema.parse>['render'],
  }).options;

const rich = {
  bg_color: '#ff000080',
  shadow: { opacity: 0.5, blur: 12, offset: { x: -3, y: 4 } },
  w: 900,
  trim: true,
  margin: '5% 10px',
  position: 'top left',
  angle: -12.5,
  format: 'avif',
  quality: 60,
  refine: false,
};

it('every option of a single picture has a field, and stands in one group', () => {
  const known = Object.keys(composeOptions.shape).filter((name) => name !== 'sizes');
  expect(Object.keys(fields).sort()).toEqual(known.sort());
  expect(groups.flatMap((group) => [...group.fields]).sort()).toEqual(known.sort());
});

it('begins with the defaults that the server has', () => {
  const defaults = composeOptions.parse({}) as Record<string, unknown>;
  const flags = Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'flag' ? [[name, field.initial]] : [],
  );
  expect(Object.fromEntries(flags)).toEqual(
    Object.fromEntries(flags.map(([name]) => [name, defaults[name as string]])),
  );
  expect(options({ shadow: usualShadow })).toEqual(options({ shadow: true }));
});

it('asks for a picture of exactly these options, and as a preset they mean the same', () => {
  const values = valuesOf(changedOptions(options(rich)));
  expect(asked(queryOf(values))).toEqual(options(rich));
  expect(options(asPreset(values))).toEqual(options(rich));
});

it('asks for no picture that nobody could wait for where no size is chosen', () => {
  expect(asked(queryOf({}))).toMatchObject({ w: 1200, h: 1200, enlarge: false });
  expect(asked(queryOf({ exact_resize: 'true' })).exact_resize).toBe(false);
  expect(asked(queryOf({ h: '80' })).w).toBeUndefined();
});
