import path from 'node:path';
import type { ProblemCode } from '../../doctor-words';
import { CutoutError, type ErrorCode } from '../../errors';
import { type Check, type Finding, finding, textFact, well, yesNo } from '../check';

/** Weights that nobody has checked yet are hashed once; that takes longer than an answer may. */
const HASH_MS = 8000;

/** Whether the model's file lies here and is the one that its card names. */
export const model: Check = {
  id: 'model',
  limitMs: HASH_MS,
  async look({ app, model: atHand }) {
    const facts = [textFact('model', app.localModel.id)];
    try {
      const source = await atHand();
      if (source === null) return finding('warning', 'model.not-fetched', facts);
      const { weights, card } = source;
      const hash = card.weights.sha256 ?? card.weights.md5 ?? null;
      return well([
        ...facts,
        textFact('file', path.basename(weights)),
        yesNo('verified', hash !== null),
        textFact('hash', hash && `${hash.slice(0, 12)}…`),
      ]);
    } catch (error) {
      return problemOf(error, facts);
    }
  },
};

const PROBLEMS: Partial<Record<ErrorCode, ProblemCode>> = {
  'model.missing': 'model.missing',
  'model.corrupt': 'model.corrupt',
};

function problemOf(error: unknown, facts: Finding['facts']): Finding {
  if (!(error instanceof CutoutError)) throw error;
  const problem = PROBLEMS[error.code] ?? 'model.unusable';
  return finding('error', problem, [...facts, textFact('code', error.code), textFact('detail', error.message)]);
}
