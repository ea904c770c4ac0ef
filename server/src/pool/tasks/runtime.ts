import { CutoutError, messageOf } from '../../errors';
import { shortage } from '../../file-fault';

/**
 * Loads the ONNX runtime, which only a run of the model needs: a machine where it cannot be loaded still reads,
 * composes and converts. A failed load is forgotten.
 *
 * @throws CutoutError `model.runtime-missing`, and `worker.crashed` where the machine is short of memory
 */
export async function loadRuntime(): Promise<typeof import('../../engines/local/efforts')> {
  try {
    // By itself first: a module that fails while it is bundled with others is not always tried anew.
    await import('onnxruntime-node');
    return await import('../../engines/local/efforts');
  } catch (cause) {
    throw loadFailure(cause);
  }
}

/** A library that finds no memory is not a missing one: it may be loaded by the next try. */
export function loadFailure(cause: unknown): CutoutError {
  const what = 'ONNX Runtime could not be loaded';
  return (
    shortage(cause, what) ??
    new CutoutError(
      'model.runtime-missing',
      `${what}: ${firstLine(cause)}. It was installed for another platform or C library, or ` +
        `not at all: run "npm rebuild onnxruntime-node", or install the app's packages again on this machine.`,
      { cause },
    )
  );
}

/** What Node says of a module that is missing goes on with a list of the files that wanted it. */
const firstLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').replace(/\.$/, '');
