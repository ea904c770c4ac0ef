import type { Attribute, Constant, Model, Node, Value } from './model';
import { bytes, float, integer, message, type Pieces, text } from './protobuf';

/** The model as an ONNX file, in pieces: its constants are not copied. */
export function writeModel({ opsets, nodes, constants, inputs, outputs }: Model): Pieces {
  const graph = [
    ...nodes.flatMap((node) => message(1, writeNode(node))),
    ...text(2, 'graph'),
    ...[...constants].flatMap(([name, constant]) => message(5, writeConstant(constant, name))),
    ...inputs.flatMap((value) => message(11, writeValue(value))),
    ...outputs.flatMap((value) => message(12, writeValue(value))),
  ];
  return [
    ...integer(1, IR_VERSION),
    ...text(2, 'strapi-plugin-cutout'),
    ...message(7, graph),
    ...Object.entries(opsets).flatMap(([domain, version]) => message(8, [...text(1, domain), ...integer(2, version)])),
  ];
}

/** The one that came with opset 15; every runtime since 2021 reads it. */
const IR_VERSION = 8;

function writeNode({ op, domain, inputs, outputs, attributes }: Node): Pieces {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, attribute]) => message(5, writeAttribute(name, attribute))),
    ...(domain === '' ? [] : text(7, domain)),
  ];
}

function writeAttribute(name: string, attribute: Attribute): Pieces {
  const head = text(1, name);
  const kind = (number: number): Pieces => integer(20, number);
  switch (attribute.kind) {
    case 'float':
      return [...head, ...float(2, attribute.value), ...kind(1)];
    case 'int':
      return [...head, ...integer(3, attribute.value), ...kind(2)];
    case 'text':
      return [...head, ...text(4, attribute.value), ...kind(3)];
    case 'constant':
      return [...head, ...message(5, writeConstant(attribute.value)), ...kind(4)];
    case 'floats':
      return [...head, ...attribute.value.flatMap((value) => float(7, value)), ...kind(6)];
    case 'ints':
      return [...head, ...attribute.value.flatMap((value) => integer(8, value)), ...kind(7)];
  }
}

function writeConstant({ type, dims, raw }: Constant, name?: string): Pieces {
  const sizes = dims.flatMap((size) => integer(1, size));
  return [...sizes, ...integer(2, type), ...(name === undefined ? [] : text(8, name)), ...bytes(9, raw)];
}

function writeValue({ name, type, dims }: Value): Pieces {
  const shape = dims.flatMap((size) => message(1, size < 0 ? [] : integer(1, size)));
  return [...text(1, name), ...message(2, message(1, [...integer(1, type), ...message(2, shape)]))];
}
