/** A module's memory, laid out before it is made: places one after the other, each at a multiple of 16 bytes. */
export interface MemoryPlan {
  /** Address of so many bytes, all 0. */
  take(bytes: number): number;
  /** The same for numbers of 4 bytes each. The kernels read and write four of them at a time, so four more may follow. */
  numbers(length: number): number;
  memory(): WebAssembly.Memory;
}

const PAGE = 65_536;
const SLACK = 4;

export function planMemory(): MemoryPlan {
  // What a compiler keeps for itself lies in the first page.
  let end = PAGE;
  const take = (bytes: number): number => {
    const at = end;
    end = Math.ceil((end + bytes) / 16) * 16;
    return at;
  };
  return {
    take,
    numbers: (length) => take(4 * (length + SLACK)),
    memory() {
      const pages = Math.ceil(end / PAGE);
      return new WebAssembly.Memory({ initial: pages, maximum: pages });
    },
  };
}

const compiled = new Map<string, WebAssembly.Module>();

/** The functions of a module of server/kernels on a memory, which goes with them. */
export function instantiate<T>(wasm: string, memory: WebAssembly.Memory): T {
  const module = compiled.get(wasm) ?? new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  compiled.set(wasm, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as T;
}
