import { createSetting, cut, memoryGb } from './setting';
import { photo, hugePhoto } from './photos';
(async () => {
  const setting = await createSetting(false, () => undefined);
  for (const [name, source] of [['12', await photo(setting.folder, '12 MP')], ['100', await hugePhoto(setting.folder)]] as const) {
    const pool = setting.pool();
    for (let i = 0; i < 2; i++) {
      const t = await cut(setting, pool, source, { writeMatte: true });
      console.log(name, Math.round(t.ms), JSON.stringify(Object.fromEntries(Object.entries(t.result.timings).map(([k, v]) => [k, Math.round(v)]))), memoryGb(pool.pids()[0]!, 'VmHWM').toFixed(3), memoryGb(pool.pids()[0]!, 'VmRSS').toFixed(3));
    }
    await pool.destroy();
  }
})();
