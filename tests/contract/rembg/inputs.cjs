'use strict';

/**
 * Parameters that a caller could hand to `rembg()`, good and bad: what is not of the types, too. Values that JSON cannot
 * carry are why this is a module: the published package's process and the test load the same list.
 */
const fs = require('node:fs');
const path = require('node:path');

const photo = path.join(path.dirname(require.resolve('@remove-background-ai/rembg.js')), '..', 'example', 'input.jpg');
const bytes = fs.readFileSync(photo);
const base64 = bytes.toString('base64');

/** @param {string} name @param {unknown} options @returns {{ name: string, params: Record<string, any> }} */
const option = (name, options) => ({ name: `options: ${name}`, params: { options } });
/** @param {string} name @param {unknown} inputImage @returns {{ name: string, params: Record<string, any> }} */
const input = (name, inputImage) => ({ name: `inputImage: ${name}`, params: { inputImage } });
/** @param {string} name @param {unknown} apiKey @returns {{ name: string, params: Record<string, any> }} */
const key = (name, apiKey) => ({ name: `apiKey: ${name}`, params: { apiKey } });

/** @type {{ name: string, params: Record<string, any> }[]} */
const inputs = [
  key('undefined', undefined),
  key('null', null),
  key('an empty string', ''),
  key('0', 0),
  key('spaces', '   '),
  key('a number', 123),
  key('true', true),
  key('an object', {}),
  key('an unknown one', 'nobody-knows-this'),
  key('with a newline', 'two\nlines'),
  key('with a letter no header carries', 'ключ'),

  input('a path', photo),
  input('a Buffer', bytes),
  input('base64', { base64 }),
  input('a data: URL', { base64: `data:image/jpeg;base64,${base64}` }),
  input('a data: URL with more after a second comma', { base64: `data:image/jpeg;base64,${base64},AAAA` }),
  input('undefined', undefined),
  input('null', null),
  input('a number', 7),
  input('true', true),
  input('a function', () => bytes),
  input('an array', [bytes]),
  input('an object without base64', { path: photo }),
  input('a Uint8Array', new Uint8Array(bytes)),
  input('a URL', new URL(`file://${photo}`)),
  input('an empty path', ''),
  input('a path to nothing', '/nowhere/at/all.jpg'),
  input('a path to a folder', path.dirname(photo)),
  input('a path with a null byte', 'photo\0.jpg'),
  input('an empty Buffer', Buffer.alloc(0)),
  input('a Buffer that is no picture', Buffer.from('no picture at all')),
  input('empty base64', { base64: '' }),
  input('rubbish as base64', { base64: '!!!! ???' }),
  input('base64 that is no picture', { base64: Buffer.from('no picture at all').toString('base64') }),
  input('base64 with line breaks', { base64: base64.replace(/(.{76})/g, '$1\n') }),
  input('base64 as a number', { base64: 5 }),
  input('base64 as null', { base64: null }),
  input('base64 undefined', { base64: undefined }),
  input('base64 as a Buffer', { base64: bytes }),
  input('a data: URL without comma', { base64: 'data:image/jpeg;base64' }),
  input('a data: URL without data', { base64: 'data:image/jpeg;base64,' }),

  option('undefined', undefined),
  option('null', null),
  option('an empty object', {}),
  option('false', false),
  option('a string', 'png'),
  option('a number', 5),
  ...[undefined, null, 'png', 'PNG', 'WebP', '', 'gif', 'jpeg', 5, 0, {}, [], ['png'], true].map((format) =>
    option(`format ${JSON.stringify(format) ?? 'undefined'}`, { format }),
  ),
  ...['w', 'h'].flatMap((side) => [
    ...[undefined, null, 0, 64, '64', '', ' 64 ', '0', 'abc', -5, 1.5, '1.5', 10001, NaN, Infinity, true, false].map(
      (value) => option(`${side} ${show(value)}`, { [side]: value }),
    ),
    option(`${side} as an array`, { [side]: [64] }),
    option(`${side} as an object`, { [side]: {} }),
    option(`${side} as a bigint`, { [side]: 64n }),
  ]),
  ...['exact_resize', 'returnMask', 'expand'].flatMap((name) =>
    [undefined, null, true, false, 'true', 'false', 'yes', '', 0, 1, NaN, {}, []].map((value) =>
      option(`${name} ${show(value)}`, { [name]: value, w: 40, h: 60, angle: 20 }),
    ),
  ),
  ...[undefined, null, true, false, 'false', '', 0, 1, {}].map((returnBase64) =>
    option(`returnBase64 ${show(returnBase64)}`, { returnBase64 }),
  ),
  ...[undefined, null, 0, 90, -360, 361, '45', 'ninety', '', NaN, Infinity, true, {}, [45]].map((angle) =>
    option(`angle ${show(angle)}`, { angle }),
  ),
  ...[undefined, null, '', 'red', 'Red', '#f00', '#12345', 'nocolour', 5, true, {}, ['red']].map((color) =>
    option(`bg_color ${show(color)}`, { bg_color: color }),
  ),
  option('a mask on a colour', { returnMask: true, bg_color: 'red' }),
  option('a name nobody knows', { quality: 5 }),
];

/** @param {unknown} value */
function show(value) {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

module.exports = { inputs, photo };
