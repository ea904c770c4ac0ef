export { resolveWeights, type ResolveOptions } from './resolve-weights';
export type { WeightsProgress } from './progress';
