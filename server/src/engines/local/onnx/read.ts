import { type Attribute, type Constant, ELEMENT, type Model, type Node, UnexpectedGraph, type Value } from './model';
import { type Field, fields, varint } from './protobuf';

/**
 * Reads an ONNX file. Constants stay views of the file's bytes where they lie raw.
 *
 * @throws RangeError for bytes that are no protobuf.
 * @throws UnexpectedGraph for what `Model` cannot hold.
 */
export function readModel(file: Buffer): Model {
  const model: Model = { opsets: {}, nodes: [], constants: new Map(), inputs: [], outputs: [] };
  for (const field of fields(file, 0, file.length)) {
    if (field.number === 7) readGraph(file, field, model);
    if (field.number === 8) readOpset(file, field, model);
  }
  return model;
}

const textOf = (file: Buffer, { from, to }: Field): string => file.toString('utf8', from, to);
/** Varints hold negative numbers as 64-bit two's complement; the ones in graphs are small. */
const signed = (value: number): number => (value >= 2 ** 63 ? Number(BigInt.asIntN(64, BigInt(value))) : value);
const MINUS_ONE = 2 ** 64;
const small = (value: number): number => (value === MINUS_ONE ? -1 : signed(value));

function readOpset(file: Buffer, at: Field, { opsets }: Model): void {
  let [domain, version] = ['', 1];
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) domain = textOf(file, field);
    if (field.number === 2) version = field.value;
  }
  opsets[domain === 'ai.onnx' ? '' : domain] = version;
}

function readGraph(file: Buffer, at: Field, model: Model): void {
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) model.nodes.push(readNode(file, field));
    if (field.number === 5) {
      const { name, constant } = readConstant(file, field);
      model.constants.set(name, constant);
    }
    if (field.number === 11) model.inputs.push(readValue(file, field));
    if (field.number === 12) model.outputs.push(readValue(file, field));
    if (field.number === 15) throw new UnexpectedGraph('it has sparse constants');
  }
  // Older exports list their constants among the inputs too.
  model.inputs = model.inputs.filter(({ name }) => !model.constants.has(name));
}

function readNode(file: Buffer, at: Field): Node {
  const node: Node = { op: '', domain: '', inputs: [], outputs: [], attributes: {} };
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) node.inputs.push(textOf(file, field));
    if (field.number === 2) node.outputs.push(textOf(file, field));
    if (field.number === 4) node.op = textOf(file, field);
    if (field.number === 7) node.domain = textOf(file, field);
    if (field.number === 5) {
      const { name, attribute } = readAttribute(file, field);
      node.attributes[name] = attribute;
    }
  }
  return node;
}

function readAttribute(file: Buffer, at: Field): { name: string; attribute: Attribute } {
  let name = '';
  let kind = 0;
  let [float, whole, text] = [0, 0, ''];
  const [floats, ints]: [number[], number[]] = [[], []];
  let constant: Constant | null = null;
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) name = textOf(file, field);
    if (field.number === 2) float = file.readFloatLE(field.to - 4);
    if (field.number === 3) whole = small(field.value);
    if (field.number === 4) text = textOf(file, field);
    if (field.number === 5) constant = readConstant(file, field).constant;
    if (field.number === 7) pushFloats(file, field, floats);
    if (field.number === 8) pushInts(file, field, ints);
    if (field.number === 20) kind = field.value;
  }
  const byKind: Record<number, Attribute | undefined> = {
    1: { kind: 'float', value: float },
    2: { kind: 'int', value: whole },
    3: { kind: 'text', value: text },
    4: constant ? { kind: 'constant', value: constant } : undefined,
    6: { kind: 'floats', value: floats },
    7: { kind: 'ints', value: ints },
  };
  const attribute = byKind[kind];
  if (!attribute) throw new UnexpectedGraph(`the attribute "${name}" is of kind ${kind}`);
  return { name, attribute };
}

/** Repeated numbers are packed into one field, or each has a field of its own. */
function pushInts(file: Buffer, field: Field, into: number[]): void {
  if (field.from === field.to) {
    into.push(small(field.value));
    return;
  }
  for (let at = field.from; at < field.to;) {
    const { value, next } = varint(file, at);
    into.push(small(value));
    at = next;
  }
}

function pushFloats(file: Buffer, field: Field, into: number[]): void {
  const from = field.from === field.to ? field.to - 4 : field.from;
  for (let at = from; at + 4 <= field.to; at += 4) into.push(file.readFloatLE(at));
}

function readConstant(file: Buffer, at: Field): { name: string; constant: Constant } {
  let name = '';
  let raw: Buffer | null = null;
  const constant: Constant = { type: 0, dims: [], raw: Buffer.alloc(0) };
  const [floats, wholes, longs]: [number[], number[], number[]] = [[], [], []];
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) pushInts(file, field, constant.dims);
    if (field.number === 2) constant.type = field.value;
    if (field.number === 4) pushFloats(file, field, floats);
    if (field.number === 5) pushInts(file, field, wholes);
    if (field.number === 7) pushInts(file, field, longs);
    if (field.number === 8) name = textOf(file, field);
    if (field.number === 9) raw = file.subarray(field.from, field.to);
    if (field.number === 14 && field.value === 1) throw new UnexpectedGraph('its weights lie in another file');
  }
  constant.raw = raw ?? packed(constant.type, floats, wholes, longs);
  return { name, constant };
}

function packed(type: number, floats: number[], wholes: number[], longs: number[]): Buffer {
  const view = (array: Float32Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (type === ELEMENT.float) return view(Float32Array.from(floats));
  if (type === ELEMENT.int64) return view(BigInt64Array.from(longs, BigInt));
  if (type === ELEMENT.int32) return view(Int32Array.from(wholes));
  if (type === ELEMENT.half) return view(Uint16Array.from(wholes));
  return view(Uint8Array.from(wholes));
}

function readValue(file: Buffer, at: Field): Value {
  const value: Value = { name: '', type: 0, dims: [] };
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) value.name = textOf(file, field);
    if (field.number !== 2) continue;
    for (const tensor of fields(file, field.from, field.to))
      if (tensor.number === 1) readTensorType(file, tensor, value);
  }
  return value;
}

function readTensorType(file: Buffer, at: Field, value: Value): void {
  for (const field of fields(file, at.from, at.to)) {
    if (field.number === 1) value.type = field.value;
    if (field.number !== 2) continue;
    for (const dimension of fields(file, field.from, field.to)) {
      let size = -1;
      for (const part of fields(file, dimension.from, dimension.to)) if (part.number === 1) size = part.value;
      value.dims.push(size);
    }
  }
}
