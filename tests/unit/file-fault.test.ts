import { shortage } from '../../server/src/file-fault';

/** What a runtime throws where it is refused memory. Read from the runtime itself, so that new words are noticed. */
function refusalOf(ask: () => unknown): unknown {
  try {
    ask();
  } catch (error) {
    return error;
  }
  throw new Error('Expected a refusal.');
}

it.each([
  ['a buffer', () => refusalOf(() => new ArrayBuffer(2 ** 53 - 1))],
  ['the memory of a WebAssembly module', () => new RangeError('WebAssembly.Memory(): could not allocate memory')],
  ['a WebAssembly module', () => new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory')],
  ['libvips', () => new Error('VipsImage: out of memory -- size == 600MB')],
  ['a library that is loaded', () => new Error('libvips-cpp.so: failed to map segment from shared object')],
  ['the system', () => Object.assign(new Error('spawn'), { code: 'ENOMEM' })],
])('memory that is refused to %s is tried again, and is no fault of the picture', (_title, refusal) => {
  expect(shortage(refusal(), 'The picture task failed')).toMatchObject({ code: 'worker.crashed', retryable: true });
});

it('another error is none of the machine', () => {
  expect(shortage(new RangeError('Invalid typed array length: -1'), 'It failed')).toBeNull();
});
