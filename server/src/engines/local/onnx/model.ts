/**
 * An ONNX model in memory, as far as convolutional networks use the format (onnx.proto3, IR version 8): nodes,
 * constants, inputs and outputs. Nodes that hold graphs of their own are refused.
 */

/** TensorProto.DataType. */
export const ELEMENT = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, half: 10 } as const;

/** A constant. `raw` holds its numbers little-endian, one after the other. */
export interface Constant {
  type: number;
  dims: number[];
  raw: Buffer;
}

export type Attribute =
  | { kind: 'int'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'ints'; value: number[] }
  | { kind: 'floats'; value: number[] }
  | { kind: 'constant'; value: Constant };

export interface Node {
  op: string;
  /** Empty for ONNX's own operators. */
  domain: string;
  /** An empty name stands for an input that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

/** A graph's input or output; a size of -1 is open. */
export interface Value {
  name: string;
  type: number;
  dims: number[];
}

export interface Model {
  /** Version by domain. */
  opsets: Record<string, number>;
  nodes: Node[];
  constants: Map<string, Constant>;
  inputs: Value[];
  outputs: Value[];
}

/** What is not as it has to be for a graph to be worked on. */
export class UnexpectedGraph extends Error {}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: number[]): Attribute => ({ kind: 'ints', value });
export const text = (value: string): Attribute => ({ kind: 'text', value });

export function intOf({ attributes }: Node, name: string, otherwise: number): number {
  const found = attributes[name];
  return found?.kind === 'int' ? found.value : otherwise;
}

export function intsOf({ attributes }: Node, name: string, otherwise: number[]): number[] {
  const found = attributes[name];
  return found?.kind === 'ints' ? found.value : otherwise;
}

export function textOf({ attributes }: Node, name: string, otherwise: string): string {
  const found = attributes[name];
  return found?.kind === 'text' ? found.value : otherwise;
}
