import { readFileSync } from 'node:fs';
import { CutoutError, messageOf } from '../../server/src/errors';
import { plain } from '../../server/src/plain';

describe('a text of unknown origin', () => {
  it.each([
    ['a forged line', 'cat.jpg\nerror: [cutout] all is lost', 'cat.jpg error: [cutout] all is lost'],
    ['colours of a terminal', 'cat\u001b[31m.jpg', 'cat [31m.jpg'],
    ['C1 controls and separators', 'a\u009b1m\u2028b\u2029c\u0085d', 'a 1m b c d'],
    ['a turned direction', 'gpj\u202e.exe', 'gpj .exe'],
    ['half a letter', 'a\ud83d', 'a\ufffd'],
  ])('loses %s', (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('keeps letters of all scripts', () => {
    for (const text of ['பூனை.jpg', '猫.jpg', '🐈‍⬛.jpg', 'é — “x”']) expect(plain(text)).toBe(text);
  });

  it('is cut between letters, with a mark', () => {
    expect(plain('x'.repeat(900_000)).length).toBe(2000);
    expect(plain('abcdef', 4)).toBe('abc…');
    expect(plain('abcd', 4)).toBe('abcd');
    expect(plain('ab🐈cd', 4)).toBe('ab\ufffd…');
  });

  it('is plain in every error of the plugin, and in what crosses from a child', () => {
    const long = `x\n${'y'.repeat(900_000)}`;
    const error = new CutoutError('options.invalid', long, { details: [{ field: long, message: long }] });
    const json = JSON.stringify(CutoutError.fromJSON(error.toJSON()));
    expect(json.length).toBeLessThan(7000);
    expect(json).not.toContain('\\n');
    expect(messageOf(new Error(long))).toBe(plain(long));
  });

  it('names no path of the server when the system refuses', () => {
    const refused = () => readFileSync('/no/such/file');
    expect(refused).toThrow();
    try {
      refused();
    } catch (error) {
      expect(messageOf(error)).toBe('ENOENT: no such file or directory');
    }
  });
});
