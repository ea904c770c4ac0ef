import type { Config } from '../config/schema';
import type { LocalModel } from '../engines/local/local-model';
import { CutoutError } from '../errors';
import type { Pool } from '../pool/contract';
import { limited } from '../limit';
import type { Engine } from './engine';

export interface LocalEngineOptions {
  model: LocalModel;
  pool: Pool;
  config: Pick<Config, 'local' | 'limits'>;
  /** Called once with each thing an operator should know. */
  onRemark: (remark: string) => void;
}

/** A download on a slow line may take minutes; a model folder on a mount that died never answers. */
const LOAD_LIMIT_MS = 20 * 60_000;

/** The ONNX engine: a child process runs the model. Costs nothing but time. */
export function createLocalEngine({ model, pool, config, onRemark }: LocalEngineOptions): Engine {
  const told = new Set<string>();
  const tell = (remark: string | null): void => {
    if (remark === null || told.has(remark)) return;
    told.add(remark);
    onRemark(remark);
  };
  return {
    name: 'local',
    model: model.id,
    weights: model.weights,
    effort: config.local.effort,
    equals: model.equals,
    problem: model.problem,
    async make({ job, original, refine, workDir, signal }) {
      const source = await limited(LOAD_LIMIT_MS, signal, () => model.load());
      const task = {
        source: original.path,
        matte: { ...source, effort: job.effort ?? source.effort },
        limits: config.limits,
        refine,
        outDir: workDir,
        writeMatte: true,
        variants: [],
      };
      const { matte, timings, remark } = await pool.run('cutout', task, {
        timeoutMs: config.local.jobTimeoutMs,
        signal,
        priority: job.priority,
      });
      tell(remark);
      if (!matte.file) throw new CutoutError('worker.failed', 'The picture process wrote no matte.');
      const { confidence, subject } = matte;
      return { picture: matte.file, confidence, subject, ledgerId: null, timings, settle: async () => undefined };
    },
  };
}
