import type { DoctorReport } from '../doctor-words';
import { bootStrapi } from './boot';
import { exitCodes, UsageError } from './usage-error';

/** `strapi.plugin('cutout').service('doctor')` of the booted app, which may have another version of the plugin. */
interface DoctorService {
  examine(): Promise<DoctorReport>;
}

/** `cutout doctor`: boots the app, looks at everything, and ends the app again. Resolves to the exit code. */
export async function examine({ app, json }: { app: string; json: boolean }): Promise<number> {
  const strapi = await bootStrapi(app);
  try {
    const doctor = strapi.service('doctor') as DoctorService | null;
    if (!doctor) throw new UsageError(['The app has no plugin "cutout", or it is switched off.']);
    const report = await doctor.examine();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : report.text);
    return report.checks.some(({ state }) => state === 'error') ? exitCodes.failed : exitCodes.ok;
  } finally {
    await strapi.stop();
  }
}
