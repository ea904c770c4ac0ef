export {
  inspectWeights,
  isPackaged,
  locateWeights,
  pullWeights,
  resolveWeights,
  verifyPlace,
  type ResolveOptions,
  type WeightsPlace,
} from './resolve-weights';
export type { DownloadSettings } from './fetch-weights';
export type { WeightsProgress } from './progress';
