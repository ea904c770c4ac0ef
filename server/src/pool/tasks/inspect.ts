import { inspectSource } from '../../imaging/source';
import type { InspectResult, InspectTask } from '../contract';

export async function inspect({ source, limits }: InspectTask): Promise<InspectResult> {
  const { format, width, height, hasAlpha } = await inspectSource(source, limits);
  return { format, width, height, hasAlpha };
}
