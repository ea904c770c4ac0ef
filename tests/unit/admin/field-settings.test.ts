import { settingsItems } from '../../../admin/src/field/settingsItems';

describe('settings of a media field', () => {
  it('are the switch, the engine and the presets, stored under pluginOptions.cutout', () => {
    expect(settingsItems({ allowedTypes: ['images'] }).map(({ name }) => name)).toEqual([
      'pluginOptions.cutout.enabled',
      'pluginOptions.cutout.engine',
      'pluginOptions.cutout.presets',
    ]);
  });

  it('are shown but locked while cutouts are off', () => {
    expect(settingsItems({}).map(({ disabled }) => disabled)).toEqual([false, true, true]);
    const on = { pluginOptions: { cutout: { enabled: true } } };
    expect(settingsItems(on).map(({ disabled }) => disabled)).toEqual([false, false, false]);
  });

  it('are absent where the field takes no images', () => {
    expect(settingsItems({ allowedTypes: ['videos', 'files'] })).toEqual([]);
  });

  it('carry no value of their own, so that an untouched field stays as it was', () => {
    for (const item of settingsItems({})) expect(item).not.toHaveProperty('value');
  });
});
