/**
 * The error table of the Rembg documents ("Error Reference"), one row per scenario, in its order. The emulator is a
 * witness against the client, so it shares no code with `server/src`: these texts are copied from the documents.
 */

export interface Row {
  status: number;
  /** The message with the documents' own example values. */
  example: string;
  /** Request parameter a `details` entry names. */
  field?: string;
}

export const rows = {
  'no-image': {
    status: 400,
    field: 'image',
    example: "No image file provided. Please include an 'image' field in your form data.",
  },
  'no-file': { status: 400, field: 'image', example: 'No file selected. Please choose an image file to upload.' },
  'unsupported-type': {
    status: 400,
    field: 'image',
    example: "File type '.exe' is not supported. Allowed formats: webp, bmp, png, jpg, jpeg",
  },
  'corrupt-image': {
    status: 400,
    field: 'image',
    example: 'File does not appear to be a valid image (invalid file signature)',
  },
  'empty-file': { status: 400, field: 'image', example: 'Uploaded file is empty (0 bytes).' },
  'too-large': {
    status: 400,
    field: 'image',
    example: 'File size (55.2 MB) exceeds the maximum allowed size of 50 MB.',
  },
  'too-wide': {
    status: 400,
    field: 'image',
    example: 'Image width (12000px) exceeds the maximum allowed width of 10000px.',
  },
  'too-tall': {
    status: 400,
    field: 'image',
    example: 'Image height (15000px) exceeds the maximum allowed height of 10000px.',
  },
  'size-not-integer': { status: 400, field: 'w', example: "'w' must be an integer, got: 'abc'" },
  'size-too-small': { status: 400, field: 'w', example: "'w' must be at least 1, got: -5" },
  'size-too-large': { status: 400, field: 'w', example: "'w' must be at most 10000, got: 15000" },
  'angle-not-number': { status: 400, field: 'angle', example: "'angle' must be a number, got: 'ninety'" },
  'angle-out-of-range': {
    status: 400,
    field: 'angle',
    example: "'angle' must be between -360 and 360 degrees, got: 500.0",
  },
  'bad-format': {
    status: 400,
    field: 'format',
    example: "Invalid format 'gif'. Allowed formats: PNG, JPEG, WEBP, BMP",
  },
  'bad-color': {
    status: 400,
    field: 'bg_color',
    example: "Invalid color format '#12345'. Use hex format: #RGB, #RGBA, #RRGGBB, or #RRGGBBAA",
  },
  'mask-with-color': {
    status: 400,
    field: 'mask',
    example: "Cannot use 'mask=true' together with 'bg_color'. Choose one or the other.",
  },
  'email-not-verified': { status: 403, example: 'Email address not verified – please check your inbox' },
  'invalid-key': { status: 401, example: 'invalid api key' },
  'key-and-token': { status: 400, example: 'This is a mistake: Cannot use both API key and user token' },
  'rate-limit': { status: 429, example: "You're making requests too quickly, Please Upgrade or slow down." },
  'daily-limit': { status: 429, example: "You've reached your daily limit. Please sign up for more access." },
  'monthly-limit': { status: 429, example: "You've reached your monthly limit. Consider purchasing more credits." },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof rows;

/** One thing wrong with a request: the row, and the message with the request's own values. */
export interface Problem {
  row: RowName;
  field?: string;
  message: string;
}

/** A problem with the documents' example text, unless `message` gives the request's own values. */
export function problem(row: RowName, message: string = rows[row].example, field?: string): Problem {
  const named = field ?? (rows[row] as Row).field;
  return { row, message, ...(named === undefined ? {} : { field: named }) };
}

/** Status and JSON body: the message itself for one problem, a `details` list for several. */
export function errorAnswer(problems: Problem[]): { status: number; body: object } {
  const [first] = problems;
  if (!first) throw new Error('an error answer needs at least one problem');
  const { status } = rows[first.row];
  if (problems.length === 1) return { status, body: { error: first.message, status } };
  const details = problems.map(({ field, message }) => ({ field, message }));
  return { status, body: { error: 'Multiple validation errors', details, status } };
}
