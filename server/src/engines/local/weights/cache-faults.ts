import { CutoutError } from '../../../errors';
import { faultWords } from '../../../file-fault';

const DISK_FAULTS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'EIO']);

/** Whether the disk refused, not the line or the data. */
export function isDiskFault(error: unknown): boolean {
  return DISK_FAULTS.has((error as NodeJS.ErrnoException).code ?? '');
}

/** @throws CutoutError `model.cache` where the disk refuses; everything else passes through. */
export async function nameCacheFaults<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDiskFault(error)) throw error;
    throw new CutoutError(
      'model.cache',
      `The model cache ${cacheDir} cannot be written: ${faultWords(error)}. Point local.cacheDir to a writable folder with space for the weights, or put them into the folder that local.modelsDir names.`,
      { cause: error },
    );
  }
}
