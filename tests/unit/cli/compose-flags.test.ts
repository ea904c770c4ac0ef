import path from 'node:path';
import { Command } from 'commander';
import { addComposeFlags, readComposeFlags, withKebabFlags } from '../../../server/src/cli/compose-flags';
import { UsageError } from '../../../server/src/cli/usage-error';
import { type ComposeOptions, composeOptions, parseComposeOptions } from '../../../server/src/options';

function read(...argv: string[]): ComposeOptions {
  const command = addComposeFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(withKebabFlags(argv), { from: 'user' });
  return readComposeFlags(command.opts(), undefined);
}

function defaults(): ComposeOptions {
  const parsed = parseComposeOptions({});
  if (!parsed.ok) throw new Error('the defaults are valid');
  return parsed.options;
}

/** A value for each option that is not its default. */
const samples: Record<keyof ComposeOptions, [argv: string[], option: unknown]> = {
  format: [['--format', 'png'], 'png'],
  w: [['--w', '640'], 640],
  h: [['--h=480'], 480],
  exact_resize: [['--exact-resize'], true],
  enlarge: [['--no-enlarge'], false],
  mask: [['--mask'], true],
  bg_color: [['--bg-color', '#abc'], '#aabbccff'],
  bg_image: [['--bg-image', 'sky.jpg'], path.resolve('sky.jpg')],
  angle: [['--angle', '-45'], -45],
  expand: [['--no-expand'], false],
  quality: [['--quality', '70'], 70],
  lossless: [['--lossless'], true],
  trim: [['--trim'], true],
  margin: [['--margin', '5%'], '5% 5% 5% 5%'],
  scale: [['--scale', '80'], 80],
  position: [['--position', '50% 80%'], '50% 80%'],
  shadow: [['--shadow', '{"opacity":0.2}'], { opacity: 0.2, blur: 20, offset: { x: 0, y: 10 } }],
  sizes: [
    ['--sizes', '400,200'],
    [200, 400],
  ],
  decontaminate: [['--no-decontaminate'], false],
  refine: [['--no-refine'], false],
};

describe('compose options as flags', () => {
  test('without flags they are the defaults of the schema', () => {
    expect(read()).toEqual(defaults());
  });

  test('every option of the schema has its flag', () => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(composeOptions.shape).sort());
  });

  test.each(Object.entries(samples))('%s reaches the schema, and nothing else changes', (name, [argv, option]) => {
    expect(read(...argv)).toEqual({ ...defaults(), [name]: option });
  });

  test('the spelling of the API works too, with and without an equals sign', () => {
    expect(read('--bg_color', 'red', '--exact_resize').bg_color).toBe('#ff0000ff');
    expect(read('--bg_color=red').bg_color).toBe('#ff0000ff');
  });

  test('on and off: the later flag wins', () => {
    expect(read('--trim', '--no-trim').trim).toBe(false);
    expect(read('--no-refine', '--refine').refine).toBe(true);
  });

  test('every problem is named at once, with its flag', () => {
    try {
      read('--w', 'x', '--angle', '999', '--mask', '--bg-color', 'red');
      throw new Error('expected a refusal');
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).lines.map((line) => line.split(':')[0])).toEqual(['--w', '--angle', '--mask']);
    }
  });
});
