import { z } from 'zod';
import type { Answer, Endpoint } from '../endpoint';
import { membershipAnswer, membershipQuery, type MembershipBody, removeForm, rembgError } from './contracts';
import { readOptions } from './fields';
import { imageIssues, MAX_BYTES, type Refusal, refusalBody, refusals, refusedFields } from './refusals';

/**
 * Open to Strapi, since a Rembg key comes as `x-api-key`; the controller asks for it and its permission first, see access.ts.
 * The names of the actions are what a custom token is given; a read-only token has those that end in `find`.
 */
export const rembgEndpoints: Endpoint[] = [
  {
    ...{ method: 'POST', path: '/rmbg', handler: 'rembg.remove', access: 'key', tag: 'Rembg' },
    when: ({ rembgApi }) => rembgApi.enabled,
    summary: "Cuts out a picture, as Rembg's own API does",
    description: 'Bytes in, bytes out: nothing is kept of a picture.',
    body: { type: 'multipart/form-data', schema: removeForm, required: true },
    answers: {
      200: {
        description: 'The picture, as `image/` and the format that was asked for',
        type: 'image/*',
        schema: z.file(),
      },
      ...refusing(400, 'What is wrong with the form or the key, in the words of the documents', badRequests()),
      ...refusing(401, 'No key, or one that does not count', { 'invalid-key': refusals.invalidKey }),
      ...refusing(403, 'The token lacks the permission', { 'not-allowed': refusals.notAllowed }),
      ...refusing(422, 'A picture of a kind that gets no cutout', {
        animated: { status: 422, error: 'Animated pictures (WEBP) get no cutout.' },
      }),
      ...refusing(
        429,
        'Too quick, or no credits are left',
        { 'too-quick': refusals.tooQuick, 'no-credits': refusals.noCredits },
        ['Retry-After'],
      ),
      ...faults('The model or the disk is missing, or the server stops'),
    },
  },
  {
    ...{ method: 'GET', path: '/membership-usage', handler: 'rembg.find', access: 'key', tag: 'Rembg' },
    when: ({ rembgApi }) => rembgApi.enabled,
    summary: "Credits and usage, as Rembg's own API tells them",
    query: membershipQuery,
    answers: {
      200: { description: 'The usage, or the list of cycles', schema: membershipAnswer, examples: usageExamples() },
      ...refusing(400, 'A query that cannot be read, or a key and a token at once', {
        'cycle-and-month': {
          status: 400,
          error: 'Cannot use periodStartUnix together with year or month',
        },
        'key-and-token': refusals.keyAndToken,
      }),
      ...refusing(401, 'No key, or one that does not count', { 'invalid-key': refusals.invalidKey }),
      ...refusing(403, 'The token lacks the permission', { 'not-allowed': refusals.notAllowed }),
      ...faults('The database is away, or the server stops'),
    },
  },
];

function refusing(
  status: number,
  description: string,
  refusals: Record<string, Refusal>,
  headers: Answer['headers'] = [],
): Record<number, Answer> {
  const examples = Object.fromEntries(Object.entries(refusals).map(([name, each]) => [name, refusalBody(each)]));
  return { [status]: { description, schema: rembgError, examples, headers } };
}

function faults(away: string): Record<number, Answer> {
  return {
    ...refusing(500, 'A fault; the log has the reason', { failed: refusals.failed }),
    ...refusing(503, away, { unavailable: refusals.unavailable }),
    ...refusing(504, 'It took too long', { 'timed-out': refusals.timedOut }),
  };
}

/** Made by what answers them, so that they are its own words. */
function badRequests(): Record<string, Refusal> {
  const image = {
    'no-image': imageIssues.noImage(),
    'no-file': imageIssues.noFile(),
    'unsupported-type': imageIssues.type('.exe'),
    'corrupt-image': imageIssues.signature(),
    'empty-file': imageIssues.empty(),
    'too-large': imageIssues.size(55.2 * 1024 * 1024, MAX_BYTES),
    'too-wide': imageIssues.width(12_000),
    'too-tall': imageIssues.height(15_000),
  };
  const fields: Record<string, Record<string, string>> = {
    'size-not-integer': { w: 'abc' },
    'size-too-small': { w: '-5' },
    'size-too-large': { w: '15000' },
    'angle-not-number': { angle: 'ninety' },
    'angle-out-of-range': { angle: '500' },
    'bad-format': { format: 'gif' },
    'bad-color': { bg_color: '#12345' },
    'mask-with-color': { mask: 'true', bg_color: 'red' },
    several: { w: 'abc', angle: '500' },
  };
  const refusedForm = (form: Record<string, string>): Refusal => {
    const read = readOptions(new Map(Object.entries(form)));
    return refusedFields(read.ok ? [] : read.issues);
  };
  return {
    ...Object.fromEntries(Object.entries(image).map(([name, issue]) => [name, refusedFields([issue])])),
    ...Object.fromEntries(Object.entries(fields).map(([name, form]) => [name, refusedForm(form)])),
    'key-and-token': refusals.keyAndToken,
    'bad-form': refusals.badForm,
  };
}

function usageExamples(): Record<string, MembershipBody> {
  const window = { periodStartUnix: 1740441600, periodEndUnix: 1742860799, appUsage: 4200, apiUsage: 5100 };
  const plan = { membership: 'Strapi', credits: 18500, prepaidCredits: 2000 };
  return {
    month: { ...plan, app_usage: 8500, api_usage: 10000 },
    'with the cycle': {
      ...plan,
      ...{ app_usage: 8500, api_usage: 10000 },
      billingCycle: {
        ...window,
        ...{ includedCredits: 18500, prepaidCredits: 2000, usedIncludedCredits: 9300, remainingIncludedCredits: 9200 },
        stripeBillingSynced: true,
      },
    },
    'all cycles': { billingCycles: [window] },
  };
}
