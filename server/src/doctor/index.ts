import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { type CutoutApp, getApp } from '../app';
import { type Redact, redactor } from '../config/redact';
import type { CheckResult, DoctorReport, Fact } from '../doctor-words';
import { CutoutError, messageOf } from '../errors';
import { type Check, type Finding, finding, type Patient, textFact } from './check';
import { allChecks } from './checks';
import { reportText } from './report';

export interface Doctor {
  /** Looks at everything, side by side. Never rejects, charges nothing; those who ask meanwhile get the same report. */
  examine(): Promise<DoctorReport>;
}

const doctors = new WeakMap<CutoutApp, Doctor>();

export function doctorOf(strapi: Core.Strapi): Doctor {
  const app = getApp(strapi);
  const doctor = doctors.get(app) ?? createDoctor(strapi, app);
  doctors.set(app, doctor);
  return doctor;
}

/** What a child may take to start and to load its libraries on a busy machine. */
const CHILD_MS = 15_000;

/** The doctor of a wired plugin. */
export function createDoctor(strapi: Core.Strapi, app: CutoutApp): Doctor {
  // The key may have changed since the last time.
  const run = createChecks(allChecks, (text) => redactor(app.config)(text));
  let underWay: Promise<DoctorReport> | null = null;

  const examine = async (): Promise<DoctorReport> => {
    const checks = await run(patientOf(strapi, app));
    const at = new Date(app.clock.now()).toISOString();
    return { at, checks, text: reportText(at, checks) };
  };

  return {
    examine() {
      underWay ??= examine().finally(() => (underWay = null));
      return underWay;
    },
  };
}

function patientOf(strapi: Core.Strapi, app: CutoutApp): Patient {
  const model = once(() => app.localModel.atHand());
  return {
    strapi,
    app,
    model,
    child: once(async () => {
      const source = await model().catch(() => null);
      return app.pool.run('examine', { model: source }, { timeoutMs: CHILD_MS });
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

/**
 * Runs checks side by side, each within its own time. What hangs is not begun a second time: reads from a dead mount
 * would take one thread of Strapi's process after another.
 */
export function createChecks(checks: readonly Check[], redact: Redact) {
  const hanging = new Set<string>();

  const look = async (check: Check, patient: Patient): Promise<Finding> => {
    const late = finding('unknown', 'check.slow', [{ name: 'limit', kind: 'ms', value: check.limitMs }]);
    if (hanging.has(check.id)) return late;
    hanging.add(check.id);
    const found = check
      .look(patient)
      .catch(failed)
      .finally(() => hanging.delete(check.id));
    const timer = new AbortController();
    const tooLate = sleep(check.limitMs, late, { ref: false, signal: timer.signal }).catch(() => late);
    const first = await Promise.race([found, tooLate]);
    timer.abort();
    return first;
  };

  return (patient: Patient): Promise<CheckResult[]> =>
    Promise.all(
      checks.map(async (check) => {
        const { state, problem, facts } = await look(check, patient);
        return { id: check.id, state, problem, facts: facts.map((fact) => clean(fact, redact)) };
      }),
    );
}

/** Only what our own errors say is shown: those of libraries may hold statements and addresses. */
function failed(error: unknown): Finding {
  const said = error instanceof CutoutError ? messageOf(error) : null;
  return finding('unknown', 'check.failed', [textFact('detail', said)]);
}

const clean = (fact: Fact, redact: Redact): Fact =>
  typeof fact.value === 'string' ? { ...fact, value: redact(fact.value) } : fact;
