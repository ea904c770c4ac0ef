/**
 * Cuts a graph down to what one of its outputs needs. The runtime computes every output of a graph, asked for or not;
 * ISNet's has twelve, and its eleven side outputs take a tenth of the time. Works on the protobuf bytes (onnx.proto3:
 * ModelProto.graph = 7; GraphProto.node = 1, .output = 12; NodeProto.input = 1, .output = 2, .attribute = 5;
 * AttributeProto.g = 6, .graphs = 11; ValueInfoProto.name = 1), so that weights are passed on unread.
 */

const LENGTH_DELIMITED = 2;

interface Field {
  number: number;
  /** Where tag and length begin, and the payload's ends; of fields without length the payload is empty. */
  start: number;
  from: number;
  to: number;
}

/** Reads a base-128 varint; lengths of fields stay below 2^53. */
function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let factor = 1, i = at; i < bytes.length && i < at + 10; i++, factor *= 128) {
    value += (bytes[i]! & 127) * factor;
    if (bytes[i]! < 128) return { value, next: i + 1 };
  }
  throw new RangeError('a number in the file is cut short');
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** Bytes of the payload of a field without a length. */
const FIXED: Record<number, number> = { 1: 8, 5: 4 };

function* fields(bytes: Buffer, from: number, to: number): Generator<Field> {
  for (let at = from; at < to;) {
    const tag = varint(bytes, at);
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    let [payload, end] = [tag.next, tag.next];
    if (type === LENGTH_DELIMITED) {
      const length = varint(bytes, tag.next);
      [payload, end] = [length.next, length.next + length.value];
    } else if (type === 0) payload = end = varint(bytes, tag.next).next;
    else if (FIXED[type] !== undefined) payload = end = tag.next + FIXED[type];
    else throw new RangeError(`a field has the unknown wire type ${type}`);
    if (end > to) throw new RangeError('a field is longer than what holds it');
    yield { number, start: at, from: payload, to: end };
    at = end;
  }
}

interface Node {
  field: Field;
  inputs: string[];
  outputs: string[];
}

/** `null` for a node that holds a graph of its own, whose inputs are not in its list. */
function readNode(bytes: Buffer, field: Field): Node | null {
  const node: Node = { field, inputs: [], outputs: [] };
  for (const { number, from, to } of fields(bytes, field.from, field.to)) {
    if (number === 1) node.inputs.push(bytes.toString('utf8', from, to));
    if (number === 2) node.outputs.push(bytes.toString('utf8', from, to));
    if (number !== 5) continue;
    for (const attribute of fields(bytes, from, to)) if (attribute.number === 6 || attribute.number === 11) return null;
  }
  return node;
}

function nameOf(bytes: Buffer, field: Field): string | undefined {
  for (const { number, from, to } of fields(bytes, field.from, field.to))
    if (number === 1) return bytes.toString('utf8', from, to);
  return undefined;
}

/** The nodes that `output` depends on. */
function needed(nodes: readonly Node[], output: string): Set<Node> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const kept = new Set<Node>();
  const open = [output];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = makers.get(name);
    if (!maker || kept.has(maker)) continue;
    kept.add(maker);
    open.push(...maker.inputs);
  }
  return kept;
}

/** The graph's bytes without what `output` does not need; null when nothing can be left out. */
function pruneGraph(bytes: Buffer, graph: Field, output: string | undefined): Buffer[] | null {
  const nodes: Node[] = [];
  const outputs: { field: Field; name: string | undefined }[] = [];
  for (const field of fields(bytes, graph.from, graph.to)) {
    if (field.number === 12) outputs.push({ field, name: nameOf(bytes, field) });
    if (field.number !== 1) continue;
    const node = readNode(bytes, field);
    if (!node) return null;
    nodes.push(node);
  }
  const wanted = output ?? outputs[0]?.name;
  if (wanted === undefined || outputs.length < 2 || !outputs.some(({ name }) => name === wanted)) return null;
  const kept = needed(nodes, wanted);
  const left = [
    ...outputs.filter(({ name }) => name !== wanted).map(({ field }) => field),
    ...nodes.filter((node) => !kept.has(node)).map(({ field }) => field),
  ].sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let from = graph.from;
  for (const field of left) {
    parts.push(bytes.subarray(from, field.start));
    from = field.to;
  }
  parts.push(bytes.subarray(from, graph.to));
  return parts;
}

/**
 * The model with one output (the graph's first when `output` is not given) and the nodes it needs. Returns the same
 * bytes where there is nothing to cut, or a node holds a graph of its own. Throws RangeError for bytes that are no
 * protobuf.
 */
export function prune(model: Buffer, output?: string): Buffer {
  for (const field of fields(model, 0, model.length)) {
    if (field.number !== 7) continue;
    const parts = pruneGraph(model, field, output);
    if (!parts) return model;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.concat([Buffer.from([(7 << 3) | LENGTH_DELIMITED]), encodeVarint(length)]);
    return Buffer.concat([model.subarray(0, field.start), head, ...parts, model.subarray(field.to)]);
  }
  return model;
}
