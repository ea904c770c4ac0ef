import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { familySync, MUSL } from 'detect-libc';
import { CutoutError } from '../../errors';
import { packageRoot } from '../../package-root';

/** What of a machine decides whether the ONNX runtime can be there. */
export interface Machine {
  platform: string;
  arch: string;
  /** C library; null outside of Linux, or where it cannot be told. */
  libc: string | null;
}

/** Folders of `bin/napi-v6` in onnxruntime-node 1.30. */
const BUILDS = ['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64', 'win32/arm64'];

/** How the runtime is installed where only the npm registry can be reached. */
export const INSTALL_REMEDY = 'run "ONNXRUNTIME_NODE_INSTALL=skip npm install" in the app\'s folder';

const thisMachine = (): Machine => ({ platform: process.platform, arch: process.arch, libc: familySync() });

/**
 * Looks whether the ONNX runtime can run here, without loading it: nothing of it belongs in Strapi's process.
 *
 * @throws CutoutError `model.unsupported-platform`, `model.runtime-missing`.
 */
export function requireRuntime(machine: Machine = thisMachine(), from: string = packageRoot()): void {
  const { platform, arch, libc } = machine;
  if (libc === MUSL)
    throw unsupported(
      'this Linux has the C library musl (as Alpine has), for which ONNX Runtime has no build: use a Debian image such as node:20-slim',
    );
  if (!BUILDS.includes(`${platform}/${arch}`))
    throw unsupported(
      `ONNX Runtime has no build for ${platform}/${arch}, only for ${BUILDS.join(', ')}: run Strapi on one of them`,
    );
  const folder = runtimeFolder(from);
  if (folder === null) throw missing('is not installed');
  if (!hasBinding(folder, machine)) throw missing(`at ${folder} has no files for ${platform}/${arch}`);
}

function runtimeFolder(from: string): string | null {
  try {
    return path.dirname(createRequire(path.join(from, 'package.json')).resolve('onnxruntime-node/package.json'));
  } catch {
    return null;
  }
}

function hasBinding(folder: string, { platform, arch }: Machine): boolean {
  const bin = path.join(folder, 'bin');
  if (!existsSync(bin)) return false;
  return readdirSync(bin).some((api) => existsSync(path.join(bin, api, platform, arch, 'onnxruntime_binding.node')));
}

function unsupported(why: string): CutoutError {
  return new CutoutError(
    'model.unsupported-platform',
    `The local engine cannot run here, because ${why}, or let the engine "remote" do the work.`,
  );
}

function missing(what: string): CutoutError {
  return new CutoutError(
    'model.runtime-missing',
    `The local engine cannot run, because the package onnxruntime-node ${what}: ${INSTALL_REMEDY} on this machine, or let the engine "remote" do the work.`,
  );
}
