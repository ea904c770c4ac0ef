import type { Core } from '@strapi/strapi';
import { requireStrapi, supportedStrapi, tooOld } from '../../../server/src/strapi-version';

const on = (version: unknown) => () => requireStrapi({ config: { get: () => version } } as unknown as Core.Strapi);
const [least = ''] = /\d+\.\d+\.\d+/.exec(supportedStrapi()) ?? [];

describe('the version of Strapi', () => {
  it.each(['4.25.0', '5.0.0', '5.19.0'])('%s is refused in one sentence that names found and needed', (version) => {
    expect(on(version)).toThrow(
      expect.objectContaining({
        code: 'strapi.too-old',
        message: `strapi-plugin-cutout needs Strapi ${least} or newer, this is ${version}: update Strapi, or take the plugin out of config/plugins.`,
      }),
    );
  });

  it.each([least, '5.54.0', '5.100.0', '6.0.0'])('%s starts', (version) => {
    expect(on(version)).not.toThrow();
  });

  it.each(['5.0.0-rc.3', '0.0.0-experimental.abc', 'next', '', undefined, null])(
    '%s cannot be compared and starts',
    (version) => {
      expect(on(version)).not.toThrow();
    },
  );

  it('is compared by number, part by part', () => {
    expect(tooOld('5.9.9', '>=5.10.0 <6')).not.toBeNull();
    expect(tooOld('5.10.1', '>=5.9.9 <6')).toBeNull();
    expect(tooOld('5.9.9', '>=5.9.10')).not.toBeNull();
  });
});
