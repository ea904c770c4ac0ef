import { requireRuntime } from '../../engines/local/runtime';
import { CutoutError } from '../../errors';
import { type Check, finding, textFact, well } from '../check';

/** Whether ONNX Runtime loads in a picture child, and which arithmetic the model was found to run in here. */
export const runtime: Check = {
  id: 'runtime',
  limitMs: 20_000,
  async look({ app, child }) {
    const engine = [textFact('providers', app.config.local.executionProviders.join(', '))];
    try {
      requireRuntime();
    } catch (error) {
      if (!(error instanceof CutoutError)) throw error;
      const problem = error.code === 'model.unsupported-platform' ? 'runtime.platform' : 'runtime.missing';
      return finding('error', problem, [textFact('detail', error.message)]);
    }
    const { runtime: loaded, form } = await child();
    if (loaded.version === null) return finding('error', 'runtime.fails', [textFact('detail', loaded.problem)]);
    const facts = [textFact('version', loaded.version), ...engine];
    // Judged with the first picture, and kept.
    if (form === null) return well([...facts, textFact('arithmetic', null)]);
    return well([
      ...facts,
      textFact('arithmetic', FORMS[form.form]),
      ...(form.why === null ? [] : [textFact('why', form.why)]),
    ]);
  },
};

const FORMS = { int8: '8-bits', paired: '8-bits-paired', float: '32-bits' };
