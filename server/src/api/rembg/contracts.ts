import { z } from 'zod';
import { composeOptions } from '../../options';

/** What the Rembg-compatible endpoint takes and answers, in the words of the service's documents. */

/** Those this endpoint writes; AVIF is the plugin's own. */
export const formats = ['png', 'jpeg', 'webp', 'bmp'] as const;

const { w, h, bg_color: color, angle } = composeOptions.shape;
/** The documents' own values; a page that tries requests out begins with them. */
const examples = { w: [800], h: [600], color: ['#ffffffff'] };
/** The controller reads what a form may have sent, and has more to say of a bad field: see `readOptions`. */
const flag = (fallback: boolean) => z.boolean().default(fallback);

/** Form of `POST rmbg`. */
export const removeForm = z.object({
  image: z.file().describe('webp, bmp, png, jpg or jpeg; at most 50 MB, 10000 pixels on each side'),
  format: z.enum(formats).default('webp').describe('File format of the result; in any case'),
  w: w.out.meta({
    description: 'Target width; alone or with `h` the result fits inside. 0 is unset',
    examples: examples.w,
  }),
  h: h.out.meta({ description: 'Target height', examples: examples.h }),
  exact_resize: flag(false).describe('Exactly w × h, which may distort'),
  mask: flag(false).describe('Only the matte, as a grey picture'),
  bg_color: color.out.meta({
    description: 'Solid background: #RGB, #RGBA, #RRGGBB, #RRGGBBAA or a CSS name',
    examples: examples.color,
  }),
  angle: angle.describe('Degrees, counter-clockwise'),
  expand: flag(true).describe('Enlarge the canvas so that a turned picture is not cropped'),
});
/** Its fields beside the picture, in the documents' order of what may be wrong. */
export const fieldOrder = ['w', 'h', 'angle', 'format', 'bg_color', 'mask'] as const;
export const formFlags = ['exact_resize', 'mask', 'expand'] as const;

const issue = z.object({ field: z.string(), message: z.string() });

export const rembgError = z.object({
  error: z.string(),
  details: z.array(issue).optional().describe('Where several fields are wrong'),
  status: z.int(),
});

/** The last second that JavaScript's dates know. */
const MAX_UNIX = 8.64e12;

/** Of a query's text; OPEN in the documents: the words of the messages. */
const whole = (least: number, most: number, error: string) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text),
    z.int({ error }).min(least, { error }).max(most, { error }).optional(),
  );
const shown = z.string().optional();

/** Query of `GET membership-usage`. */
export const membershipQuery = z.object({
  year: whole(1, 9999, "'year' must be an integer between 1 and 9999").describe('UTC; the current one when left out'),
  month: whole(1, 12, "'month' must be an integer between 1 and 12").describe('UTC; the current one when left out'),
  periodStartUnix: whole(1, MAX_UNIX, "'periodStartUnix' must be unix seconds").describe(
    'Start of a billing cycle; not together with `year` or `month`',
  ),
  expand: z.string().optional().describe('Flags with commas between; `billing_cycle` adds `billingCycle`'),
  includeBillingCycle: shown.describe('`1` or `true` is the same as `expand=billing_cycle`'),
  listBillingCycles: shown.describe('`1` or `true` answers with `billingCycles` alone, and all else is ignored'),
});

const count = z.int().min(0);
const window = { periodStartUnix: count, periodEndUnix: count, appUsage: count, apiUsage: count };

const billingCycle = z.object({
  ...window,
  includedCredits: count,
  prepaidCredits: count,
  usedIncludedCredits: count,
  remainingIncludedCredits: count,
  stripeBillingSynced: z.boolean().describe('Whether a cycle is more than the calendar month'),
});
export type BillingCycle = z.output<typeof billingCycle>;

export const membershipUsage = z.object({
  membership: z.string(),
  credits: count,
  prepaidCredits: count,
  app_usage: count.describe('Mattes for the media library'),
  api_usage: count.describe('Pictures of this endpoint'),
  billingCycle: billingCycle.optional(),
});
export const billingCycles = z.object({ billingCycles: z.array(z.object(window)).describe('The newest first') });
export const membershipAnswer = z.union([membershipUsage, billingCycles]);
export type MembershipBody = z.output<typeof membershipAnswer>;
export type ListedCycle = z.output<typeof billingCycles>['billingCycles'][number];
