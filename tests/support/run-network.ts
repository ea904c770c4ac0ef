import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Model } from '../../server/src/engines/local/onnx/model';
import { writeModel } from '../../server/src/engines/local/onnx/write';

/** Runs beside Jest, whose sandbox has typed arrays of its own, which the runtime does not take. */
const script = `
const ort = require('onnxruntime-node');
const { readFileSync, writeFileSync } = require('node:fs');
const [folder, precise] = process.argv.slice(1);
(async () => {
  const extra = { session: { x64quantprecision: precise } };
  const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 3, extra };
  const session = await ort.InferenceSession.create(folder + '/model.onnx', options);
  const { type, shape } = session.inputMetadata[0];
  const raw = readFileSync(folder + '/input');
  const bytes = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
  const data = type === 'uint8' ? new Uint8Array(bytes) : new Float32Array(bytes);
  const feeds = { [session.inputNames[0]]: new ort.Tensor(type, data, shape) };
  const results = await session.run(feeds);
  for (const [i, name] of session.outputNames.entries()) {
    const found = results[name].data;
    writeFileSync(folder + '/output' + i, Buffer.from(found.buffer, found.byteOffset, found.byteLength));
  }
})();
`;

/** @param precise sums in 32 bits on every processor, slowly */
export function runNetwork(model: Model, input: Float32Array | Uint8Array, precise = false): Float32Array {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-network-'));
  try {
    writeFileSync(path.join(folder, 'model.onnx'), Buffer.concat(writeModel(model)));
    writeFileSync(path.join(folder, 'input'), new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    execFileSync(process.execPath, ['-e', script, folder, precise ? '1' : '0'], {
      cwd: path.resolve(__dirname, '../..'),
      timeout: 60_000,
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    });
    const raw = readFileSync(path.join(folder, 'output0'));
    return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
