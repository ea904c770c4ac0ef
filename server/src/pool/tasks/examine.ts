import { messageOf } from '../../errors';
import type { ExamineResult, ExamineTask } from '../contract';
import { loadRuntime } from './runtime';

/** Loads what pictures need and tells its versions. Never throws: what does not load is what is asked for. */
export async function examine({ model }: ExamineTask): Promise<ExamineResult> {
  const sharp = await tried(async () => {
    const { versions } = (await import('sharp')).default;
    return { version: versions.sharp ?? null, libvips: versions.vips };
  });
  const runtime = await tried(async () => {
    await loadRuntime();
    const { env } = await import('onnxruntime-node');
    const { knownForm } = await import('../../engines/local/forms/choose');
    return { version: env.versions.node ?? null, form: model && (await knownForm(model)) };
  });
  return {
    sharp: { version: null, libvips: null, ...sharp.value, problem: sharp.problem },
    runtime: { version: runtime.value?.version ?? null, problem: runtime.problem },
    form: runtime.value?.form ?? null,
  };
}

async function tried<T>(load: () => Promise<T>): Promise<{ value: T | null; problem: string | null }> {
  try {
    return { value: await load(), problem: null };
  } catch (error) {
    return { value: null, problem: firstLine(error) };
  }
}

/** What Node and sharp say goes on with lists of files and causes. */
const firstLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';
