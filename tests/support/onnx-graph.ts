/**
 * Writes small ONNX files by hand: enough of the format (onnx.proto, IR version 8) to build graphs that have the inputs
 * and outputs of real models, with values a test can work out on paper.
 */

export interface Value {
  name: string;
  shape: number[];
}

export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  /** Whole numbers, or lists of them. */
  attributes?: Record<string, number | number[]>;
}

export interface Graph {
  inputs: Value[];
  outputs: Value[];
  nodes: Node[];
  /** Scalar constants by name. */
  constants?: Record<string, number>;
}

const FLOAT = 1;
const INT = 2;
const INTS = 7;
const OPSET = 13;

export function encodeModel(graph: Graph): Buffer {
  return message([
    integer(1, 8),
    text(2, 'strapi-plugin-cutout tests'),
    bytes(7, encodeGraph(graph)),
    bytes(8, message([text(1, ''), integer(2, OPSET)])),
  ]);
}

function encodeGraph({ inputs, outputs, nodes, constants = {} }: Graph): Buffer {
  return message([
    ...nodes.map((node) => bytes(1, encodeNode(node))),
    text(2, 'graph'),
    ...Object.entries(constants).map(([name, value]) => bytes(5, encodeScalar(name, value))),
    ...inputs.map((value) => bytes(11, encodeValue(value))),
    ...outputs.map((value) => bytes(12, encodeValue(value))),
  ]);
}

function encodeNode({ op, inputs, outputs, attributes = {} }: Node): Buffer {
  return message([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, encodeAttribute(name, value))),
  ]);
}

function encodeAttribute(name: string, value: number | number[]): Buffer {
  return Array.isArray(value)
    ? message([text(1, name), ...value.map((item) => integer(8, item)), integer(20, INTS)])
    : message([text(1, name), integer(3, value), integer(20, INT)]);
}

function encodeScalar(name: string, value: number): Buffer {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return message([integer(2, FLOAT), text(8, name), bytes(9, raw)]);
}

function encodeValue({ name, shape }: Value): Buffer {
  const dimensions = message(shape.map((size) => bytes(1, integer(1, size))));
  const tensor = message([integer(1, FLOAT), bytes(2, dimensions)]);
  return message([text(1, name), bytes(2, bytes(1, tensor))]);
}

/* Protocol Buffers, https://protobuf.dev/programming-guides/encoding/ */

const message = (fields: Buffer[]): Buffer => Buffer.concat(fields);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
const integer = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(out);
}
