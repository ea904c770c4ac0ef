import path from 'node:path';
import { type Command, Option } from 'commander';
import { type ComposeOptions, composeOptions, parseComposeOptions } from '../options';
import { UsageError } from './usage-error';

type Name = keyof ComposeOptions;

/** One flag per compose option: what its value looks like (`null`: on or off) and what it does. */
const flags: Record<Name, [value: string | null, text: string]> = {
  format: ['webp|png|jpeg|avif|bmp', 'file format'],
  w: ['px', 'width of the result; alone or with --h it fits inside, aspect kept'],
  h: ['px', 'height of the result'],
  exact_resize: [null, 'exactly --w × --h'],
  enlarge: [null, 'make a picture that is smaller than --w, --h or --scale larger'],
  mask: [null, 'the matte alone, as a grey picture'],
  bg_color: ['colour', 'background colour: #RGB, #RGBA, #RRGGBB, #RRGGBBAA or a CSS name'],
  bg_image: ['file', 'background picture, covering the canvas'],
  angle: ['degrees', 'rotate, counter-clockwise'],
  expand: [null, 'enlarge the canvas so that a rotated picture is not cropped'],
  quality: ['1…100', 'quality of WebP, JPEG and AVIF'],
  lossless: [null, 'WebP and AVIF without loss'],
  trim: [null, 'crop to the subject'],
  margin: ['lengths', 'space around it: 1, 2 or 4 values in px or %, like "5% 10%"'],
  scale: ['per cent', "the subject's size in the canvas"],
  position: ['place', 'where the subject stands, like "bottom" or "50% 80%"'],
  shadow: ['true|json', 'soft drop shadow, like {"opacity":0.4,"blur":20,"offset":{"x":0,"y":10}}'],
  sizes: ['px,px,…', 'further files of these widths'],
  decontaminate: [null, "take the old background's colour out of soft edges"],
  refine: [null, 'lift the matte to full size along the edges of the photo'],
};

const names = Object.keys(flags) as Name[];
const kebab = (name: string): string => name.replaceAll('_', '-');
const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Adds every compose option to a command: `bg_color` as `--bg-color`, on-or-off ones as `--trim` and `--no-trim`. */
export function addComposeFlags(command: Command): Command {
  const defaults = composeOptions.parse({});
  for (const name of names) {
    const [value, text] = flags[name];
    if (value === null) {
      const on = defaults[name] === true;
      command.addOption(new Option(`--${kebab(name)}`, text).hideHelp(on));
      command.addOption(new Option(`--no-${kebab(name)}`, `do not ${text}`).hideHelp(!on));
    } else {
      const fallback = defaults[name];
      const shown = typeof fallback === 'string' || typeof fallback === 'number' ? ` (${fallback})` : '';
      command.addOption(new Option(`--${kebab(name)} <${value}>`, `${text}${shown}`));
    }
  }
  return command;
}

/** `--bg_color`, as the API spells it, means `--bg-color`. */
export function withKebabFlags(argv: readonly string[]): string[] {
  const known = new Map(names.map((name) => [`--${name}`, `--${kebab(name)}`]));
  return argv.map((argument) => {
    const end = argument.indexOf('=');
    const flag = end < 0 ? argument : argument.slice(0, end);
    return `${known.get(flag) ?? flag}${end < 0 ? '' : argument.slice(end)}`;
  });
}

/** @throws UsageError with every problem. */
export function readComposeFlags(given: Record<string, unknown>, format: string | undefined): ComposeOptions {
  const input: Record<string, unknown> = {};
  for (const name of names) if (given[camel(name)] !== undefined) input[name] = given[camel(name)];
  if (typeof input.bg_image === 'string') input.bg_image = path.resolve(input.bg_image);
  input.format ??= format;
  const parsed = parseComposeOptions(input);
  if (parsed.ok) return parsed.options;
  throw new UsageError(parsed.issues.map(({ field, message }) => `--${kebab(field.split('.')[0] ?? '')}: ${message}`));
}
