import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import type { CheckId, CheckState, Fact, ProblemCode } from '../doctor-words';
import type { ExamineResult } from '../pool/contract';
import type { ModelSource } from '../engines/local/model-source';

/** What a check looks at. Several want the model and the picture child, which are looked at once for all. */
export interface Patient {
  strapi: Core.Strapi;
  app: CutoutApp;
  /** See `LocalModel.atHand`. */
  model(): Promise<ModelSource | null>;
  child(): Promise<ExamineResult>;
}

export interface Finding {
  state: CheckState;
  problem: ProblemCode | null;
  facts: Fact[];
}

export interface Check {
  id: CheckId;
  /** What it finds counts as unknown after so long. */
  limitMs: number;
  look(patient: Patient): Promise<Finding>;
}

export const LIMIT_MS = 4000;

export const well = (facts: Fact[]): Finding => ({ state: 'ok', problem: null, facts });
export const finding = (state: Exclude<CheckState, 'ok'>, problem: ProblemCode, facts: Fact[]): Finding => ({
  state,
  problem,
  facts,
});

export const textFact = (name: string, value: string | null): Fact => ({ name, kind: 'text', value });
export const count = (name: string, value: number | null): Fact => ({ name, kind: 'count', value });
export const bytes = (name: string, value: number | null): Fact => ({ name, kind: 'bytes', value });
export const duration = (name: string, value: number | null): Fact => ({ name, kind: 'ms', value });
export const yesNo = (name: string, value: boolean | null): Fact => ({ name, kind: 'yes-no', value });
export const moment = (name: string, ms: number | null): Fact => ({
  name,
  kind: 'time',
  value: ms === null ? null : new Date(ms).toISOString(),
});
