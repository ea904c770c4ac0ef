import fc from 'fast-check';
import { ELEMENT, type Model, UnexpectedGraph } from '../../../server/src/engines/local/onnx/model';
import { constantOf, floatsOf, wholesOf } from '../../../server/src/engines/local/onnx/numbers';
import { readModel } from '../../../server/src/engines/local/onnx/read';
import { writeModel } from '../../../server/src/engines/local/onnx/write';
import { encodeModel } from '../../support/onnx-graph';
import { tinyNetwork } from '../../support/tiny-network';

const written = (model: Model): Buffer => Buffer.concat(writeModel(model));

describe('ONNX files', () => {
  test('what is written is read back, every kind of attribute and constant', () => {
    const model = tinyNetwork();
    model.opsets['com.microsoft'] = 1;
    model.nodes.push({
      op: 'Own',
      domain: 'com.microsoft',
      inputs: ['', 'x'],
      outputs: ['y'],
      attributes: {
        whole: { kind: 'int', value: -1 },
        number: { kind: 'float', value: 0.5 },
        text: { kind: 'text', value: 'linear' },
        wholes: { kind: 'ints', value: [-1, 0, 300] },
        numbers: { kind: 'floats', value: [0.25, -2] },
        constant: { kind: 'constant', value: constantOf(Int8Array.of(-3, 4)) },
      },
    });
    model.inputs.push({ name: 'open', type: ELEMENT.uint8, dims: [1, -1, 4] });
    expect(readModel(written(model))).toEqual(model);
  });

  test("another writer's file is read", () => {
    const file = encodeModel({
      inputs: [{ name: 'in', shape: [1, 1, 4, 4] }],
      outputs: [{ name: 'out', shape: [1, 1, 4, 4] }],
      nodes: [{ op: 'ReduceMean', inputs: ['in'], outputs: ['out'], attributes: { axes: [1, 2], keepdims: 1 } }],
      constants: { half: 0.5 },
    });
    const model = readModel(file);
    expect(model.opsets).toEqual({ '': 13 });
    expect(model.inputs).toEqual([{ name: 'in', type: ELEMENT.float, dims: [1, 1, 4, 4] }]);
    expect(model.nodes[0]).toMatchObject({ op: 'ReduceMean', attributes: { axes: { kind: 'ints', value: [1, 2] } } });
    expect([...floatsOf(model.constants.get('half')!)]).toEqual([0.5]);
  });

  test('whole numbers are read in both widths, and are not floats', () => {
    expect(wholesOf(constantOf(BigInt64Array.of(-1n, 5n)))).toEqual([-1, 5]);
    expect(wholesOf(constantOf(Int32Array.of(7)))).toEqual([7]);
    expect(wholesOf(constantOf(Float32Array.of(7)))).toBeNull();
    expect(() => floatsOf(constantOf(Int32Array.of(7)))).toThrow(UnexpectedGraph);
  });

  test('bytes that are no protobuf, and files cut short, are refused as such', () => {
    const refusesOrReads = (bytes: Buffer): void => {
      try {
        readModel(bytes);
      } catch (error) {
        expect(error instanceof RangeError || error instanceof UnexpectedGraph).toBe(true);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => refusesOrReads(Buffer.from(bytes))),
      { numRuns: 2000 },
    );
    const file = written(tinyNetwork());
    for (let length = 1; length < file.length; length += 97) refusesOrReads(file.subarray(0, length));
  });
});
