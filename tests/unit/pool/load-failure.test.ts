import { loadFailure } from '../../../server/src/pool/tasks/runtime';

it.each([
  ['libonnxruntime.so.1: failed to map segment from shared object', 'worker.crashed'],
  ['libonnxruntime.so.1: cannot allocate memory in static TLS block', 'worker.crashed'],
  ["Cannot find package 'onnxruntime-node'", 'model.runtime-missing'],
  ['libonnxruntime.so.1: invalid ELF header', 'model.runtime-missing'],
])('a runtime that does not load, "%s", is told as %s', (message, code) => {
  expect(loadFailure(new Error(message))).toMatchObject({ code, retryable: true });
});
