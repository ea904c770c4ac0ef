import fc from 'fast-check';
import { prune } from '../../../server/src/engines/local/prune';
import { encodeModel, type Node } from '../../support/onnx-graph';

const shape = [1, 1, 4, 4];

/** in → a → b → c, a → d, in → e; some of them outputs. */
function chain(outputs: string[]): Buffer {
  const nodes: Node[] = [
    { op: 'Neg', inputs: ['in'], outputs: ['a'] },
    { op: 'Neg', inputs: ['a'], outputs: ['b'] },
    { op: 'Abs', inputs: ['b'], outputs: ['c'] },
    { op: 'Exp', inputs: ['a'], outputs: ['d'] },
    { op: 'Sqrt', inputs: ['in'], outputs: ['e'] },
  ];
  return encodeModel({
    inputs: [{ name: 'in', shape }],
    outputs: outputs.map((name) => ({ name, shape })),
    nodes,
    constants: {},
  });
}

const operators = (model: Buffer): string[] =>
  ['Neg', 'Abs', 'Exp', 'Sqrt'].filter((name) => model.includes(Buffer.from(name)));

describe('prune', () => {
  test('keeps one output and what it is made from', () => {
    const full = chain(['a', 'b', 'c', 'd', 'e']);
    expect(operators(prune(full, 'c'))).toEqual(['Neg', 'Abs']);
    expect(operators(prune(full, 'd'))).toEqual(['Neg', 'Exp']);
    expect(operators(prune(full, 'e'))).toEqual(['Sqrt']);
  });

  test("takes the graph's first output when none is named", () => {
    const full = chain(['c', 'd', 'e']);
    expect(prune(full).equals(prune(full, 'c'))).toBe(true);
  });

  test('pruned once, there is nothing left to cut: the very same bytes come back', () => {
    const once = prune(chain(['c', 'd', 'e']), 'c');
    expect(prune(once, 'c')).toBe(once);
  });

  test('an output that the graph does not have changes nothing: the caller names what is wrong', () => {
    const full = chain(['c', 'd', 'e']);
    expect(prune(full, 'mask')).toBe(full);
  });

  test('bytes that are no protobuf are refused as such, never read past their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          prune(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a file cut short is refused or made no longer: the runtime then says what is missing', () => {
    const full = chain(['c', 'd', 'e']);
    for (let length = 1; length < full.length; length++) {
      const cut = full.subarray(0, length);
      let pruned = cut;
      try {
        pruned = prune(cut);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(pruned.length).toBeLessThanOrEqual(length);
    }
  });
});
