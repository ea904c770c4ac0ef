import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../../server/src/config';
import { createLocalModel } from '../../../server/src/engines/local/local-model';
import { type Machine, requireRuntime } from '../../../server/src/engines/local/runtime';

const alpine: Machine = { platform: 'linux', arch: 'x64', libc: 'musl' };
const debian: Machine = { platform: 'linux', arch: 'x64', libc: 'glibc' };

describe('whether the ONNX runtime can be here', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-runtime-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const install = (...bindings: string[]) => {
    const runtime = path.join(folder, 'node_modules/onnxruntime-node');
    mkdirSync(runtime, { recursive: true });
    writeFileSync(path.join(runtime, 'package.json'), '{"name":"onnxruntime-node"}');
    for (const place of bindings) {
      mkdirSync(path.join(runtime, 'bin', place), { recursive: true });
      writeFileSync(path.join(runtime, 'bin', place, 'onnxruntime_binding.node'), '');
    }
  };

  it('is so on the machine that runs the tests', () => {
    expect(() => requireRuntime()).not.toThrow();
  });

  it('is not so on Alpine, and the sentence names the remedy', () => {
    install('napi-v6/linux/x64');
    expect(() => requireRuntime(alpine, folder)).toThrow(
      expect.objectContaining({
        code: 'model.unsupported-platform',
        status: 503,
        message: expect.stringMatching(/^[^.]*musl[^.]*Debian image such as node:20-slim[^.]*\.$/),
      }),
    );
  });

  it.each([
    { platform: 'darwin', arch: 'x64', libc: null },
    { platform: 'freebsd', arch: 'x64', libc: null },
    { platform: 'linux', arch: 's390x', libc: 'glibc' },
  ])('is not so on $platform/$arch', (machine) => {
    install('napi-v6/linux/x64');
    expect(() => requireRuntime(machine, folder)).toThrow(
      expect.objectContaining({ code: 'model.unsupported-platform', message: expect.stringContaining(machine.arch) }),
    );
  });

  it('is not so where npm left the package out', () => {
    expect(() => requireRuntime(debian, folder)).toThrow(
      expect.objectContaining({
        code: 'model.runtime-missing',
        message: expect.stringMatching(/is not installed: run "ONNXRUNTIME_NODE_INSTALL=skip npm install"/),
      }),
    );
  });

  it('is not so where the packages were copied from another platform', () => {
    install('napi-v6/darwin/arm64');
    expect(() => requireRuntime(debian, folder)).toThrow(expect.objectContaining({ code: 'model.runtime-missing' }));
    install('napi-v7/linux/x64');
    expect(() => requireRuntime(debian, folder)).not.toThrow();
  });

  it('is told by the local engine before it looks for weights, at the start and to every job', async () => {
    const cacheDir = path.join(folder, 'models');
    const model = createLocalModel({ config: parseConfig({}).local, modelsDir: null, cacheDir, machine: alpine });
    await expect(model.load()).rejects.toMatchObject({ code: 'model.unsupported-platform' });
    expect(model.problem()).toMatchObject({ code: 'model.unsupported-platform' });
    expect(() => mkdirSync(cacheDir)).not.toThrow();
  });
});
