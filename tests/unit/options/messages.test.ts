import { parseComposeOptions, validationErrorBody } from '../../../server/src/options';

const issuesOf = (input: unknown) => {
  const result = parseComposeOptions(input);
  return result.ok ? [] : result.issues;
};
const messageOf = (input: unknown): string | undefined => issuesOf(input)[0]?.message;

/** The error table of the service's document, row by row. */
describe('Rembg says it to the letter', () => {
  test.each([
    [{ w: 'abc' }, "'w' must be an integer, got: 'abc'"],
    [{ h: '12.5' }, "'h' must be an integer, got: '12.5'"],
    [{ w: 12.5 }, "'w' must be an integer, got: 12.5"],
    [{ w: -5 }, "'w' must be at least 1, got: -5"],
    [{ h: '-5' }, "'h' must be at least 1, got: -5"],
    [{ w: 15000 }, "'w' must be at most 10000, got: 15000"],
    [{ h: '10001' }, "'h' must be at most 10000, got: 10001"],
    [{ angle: 'ninety' }, "'angle' must be a number, got: 'ninety'"],
    [{ angle: 500 }, "'angle' must be between -360 and 360 degrees, got: 500.0"],
    [{ angle: '-360.5' }, "'angle' must be between -360 and 360 degrees, got: -360.5"],
    [{ format: 'gif' }, "Invalid format 'gif'. Allowed formats: PNG, JPEG, WEBP, BMP"],
    [{ format: 'GIF' }, "Invalid format 'GIF'. Allowed formats: PNG, JPEG, WEBP, BMP"],
    [{ bg_color: '#12345' }, "Invalid color format '#12345'. Use hex format: #RGB, #RGBA, #RRGGBB, or #RRGGBBAA"],
    [
      { bg_color: 'constructor' },
      "Invalid color format 'constructor'. Use hex format: #RGB, #RGBA, #RRGGBB, or #RRGGBBAA",
    ],
    [{ mask: 'true', bg_color: 'red' }, "Cannot use 'mask=true' together with 'bg_color'. Choose one or the other."],
  ])('%j', (input, message) => {
    expect(issuesOf(input)).toHaveLength(1);
    expect(messageOf(input)).toBe(message);
  });
});

describe('options of this project speak the same way', () => {
  test.each([
    [{ expand: 'maybe' }, "'expand' must be true or false, got: 'maybe'"],
    [{ mask: 2 }, "'mask' must be true or false, got: 2"],
    [{ quality: 0 }, "'quality' must be at least 1, got: 0"],
    [{ quality: '101' }, "'quality' must be at most 100, got: 101"],
    [{ scale: 0.5 }, "'scale' must be between 1 and 100 per cent, got: 0.5"],
    [{ shadow: { opacity: 2 } }, "'shadow.opacity' must be between 0 and 1, got: 2.0"],
    [{ shadow: { blur: -1 } }, "'shadow.blur' must be between 0 and 500 pixels, got: -1.0"],
    [{ shadow: 'dark' }, "'shadow' must be true, false or { opacity, blur, offset: { x, y } }, got: 'dark'"],
    [{ shadow: { offset: 5 } }, "'shadow.offset' must be { x, y } in pixels, got: 5"],
    [{ shadow: { colour: 'red' } }, "Unknown option 'colour'. Known options: opacity, blur, offset"],
    [{ sizes: '320,wide' }, "'sizes' must be an integer, got: 'wide'"],
    [{ sizes: [8] }, "'sizes' must be at least 16, got: 8"],
    [{ bg_image: -1 }, "'bg_image' must name an asset by id or path, got: -1"],
    [{ mask: true, bg_image: 1 }, "Cannot use 'mask=true' together with 'bg_image'. Choose one or the other."],
    [{ mask: true, shadow: true }, "Cannot use 'mask=true' together with 'shadow'. Choose one or the other."],
    [[], 'Options must be an object of names and values, got: []'],
    ['w=1', "Options must be an object of names and values, got: 'w=1'"],
  ])('%j', (input, message) => {
    expect(messageOf(input)).toBe(message);
  });

  test.each(['1 2 3', '-1px', '10em', '201%', '5001', '1 2 3 4 5'])('margin %s', (margin) => {
    expect(messageOf({ margin })).toBe(
      "'margin' must be 1, 2 or 4 lengths in px (at most 5000) or % (at most 200), like '20px' or '5% 10%', " +
        `got: '${margin}'`,
    );
  });

  test.each(['101%', 'middle', '10% 20% 30%', '-5%'])('position %s', (position) => {
    expect(messageOf({ position })).toBe(
      "'position' must be a place like 'center' or 'bottom left', or one or two percentages from 0% to 100%, " +
        `got: '${position}'`,
    );
  });

  test('an unknown option is named, with the known ones', () => {
    expect(issuesOf({ width: 5 })).toEqual([
      { field: 'width', message: expect.stringMatching(/^Unknown option 'width'\. Known options: format, w, h, /) },
    ]);
  });

  test('a received value never breaks out of its line, and is cut when it is long', () => {
    expect(messageOf({ w: 'a\nb' })).toBe("'w' must be an integer, got: 'a\\nb'");
    expect(messageOf({ w: "it's" })).toBe(`'w' must be an integer, got: "it's"`);
    expect(messageOf({ w: 'x'.repeat(5000) })!.length).toBeLessThan(200);
  });
});

test('every problem is told at once, also the one between two options', () => {
  const issues = issuesOf({ format: 'gif', w: 'abc', angle: '500', mask: '1', bg_color: 'red', colour: 1 });
  expect(issues.map(({ field }) => field)).toEqual(['format', 'w', 'angle', 'colour', 'mask']);
});

test('several issues make the body with details, one makes the plain body', () => {
  const many = issuesOf({ w: 'abc', angle: 500 });
  expect(validationErrorBody(many)).toEqual({
    error: 'Multiple validation errors',
    details: [
      { field: 'w', message: "'w' must be an integer, got: 'abc'" },
      { field: 'angle', message: "'angle' must be between -360 and 360 degrees, got: 500.0" },
    ],
    status: 400,
  });
  expect(validationErrorBody(issuesOf({ w: 'abc' }))).toEqual({
    error: "'w' must be an integer, got: 'abc'",
    status: 400,
  });
});
