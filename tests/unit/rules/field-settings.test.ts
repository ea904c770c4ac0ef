import { parseFieldSettings } from '../../../server/src/rules/field-settings';

describe('the cutout settings of a media field', () => {
  it.each([undefined, null])('are none when they are %s', (input) => {
    expect(parseFieldSettings(input)).toEqual({ ok: true, settings: null });
  });

  it('are off unless they are switched on', () => {
    expect(parseFieldSettings({})).toEqual({ ok: true, settings: { enabled: false } });
    expect(parseFieldSettings({ enabled: null })).toEqual({ ok: true, settings: { enabled: false } });
  });

  it('take what the Content-Type Builder writes, nulls included', () => {
    expect(parseFieldSettings({ enabled: true, engine: null, presets: null })).toEqual({
      ok: true,
      settings: { enabled: true },
    });
    expect(parseFieldSettings({ enabled: true, maxPixels: 40_000_000 })).toEqual({
      ok: true,
      settings: { enabled: true, maxPixels: 40_000_000 },
    });
    expect(parseFieldSettings({ enabled: true, engine: 'auto', presets: ['card'] })).toEqual({
      ok: true,
      settings: { enabled: true, engine: 'auto', presets: ['card'] },
    });
  });

  it.each<[unknown, RegExp]>([
    [{ enabled: 'yes' }, /^enabled: .*boolean/],
    [{ engine: 'magic' }, /^engine: .*"local"\|"remote"\|"auto"/],
    [{ presets: 'card' }, /^presets: .*array/],
    [{ maxPixels: -1 }, /^maxPixels: /],
    [{ maxPixels: 'many' }, /^maxPixels: .*number/],
    [{ presets: ['card', 7] }, /^presets\.1: .*string/],
    ['on', /^cutout: .*object/],
  ])('name the key that is wrong in %j', (input, message) => {
    const result = parseFieldSettings(input);
    expect(result.ok ? 'it was taken' : result.message).toMatch(message);
  });
});
