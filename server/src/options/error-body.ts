import { CutoutError, type FieldIssue } from '../errors';

/** What an API answers for bad options, in Rembg's shape. */
export type ValidationBody =
  { error: string; status: 400 } | { error: 'Multiple validation errors'; details: FieldIssue[]; status: 400 };

/** One issue speaks for itself; several come as a list. */
export function validationErrorBody(issues: FieldIssue[]): ValidationBody {
  const [only, ...others] = issues;
  if (only !== undefined && others.length === 0) return { error: only.message, status: 400 };
  return { error: 'Multiple validation errors', details: issues, status: 400 };
}

/** The same as an error to throw. */
export function optionsError(issues: FieldIssue[]): CutoutError {
  const body = validationErrorBody(issues);
  const message = 'details' in body ? body.details.map((issue) => issue.message).join(' ') : body.error;
  return new CutoutError('options.invalid', message, { details: issues });
}
