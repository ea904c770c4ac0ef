import { floatGraph, modelOf } from '../../../server/src/engines/local/onnx/float-graph';
import { type Model, UnexpectedGraph } from '../../../server/src/engines/local/onnx/model';
import { runNetwork } from '../../support/run-network';
import { SIDE, tinyNetwork, type Export } from '../../support/tiny-network';

const steps = (change: Export = {}) => floatGraph(tinyNetwork(change)).steps;

describe('floatGraph', () => {
  test.each<[string, Export]>([
    ['half precision with casts', { half: true }],
    ['batch norms', { norms: true }],
    ['sizes by Gather', { gather: true }],
    ['other names', { prefix: 'network/' }],
    ['nodes in another order', { reversed: true }],
    ['all of it', { half: true, norms: true, gather: true, prefix: 'x.', reversed: true }],
  ])('the same network has the same steps, exported with %s', (_, change) => {
    expect(steps(change)).toEqual(steps());
  });

  test('what the wanted output does not need is left out, and sizes are numbers', () => {
    const found = steps();
    expect(found.map(({ op }) => op).filter((op) => op === 'Relu')).toHaveLength(3);
    expect(found.at(-1)).toMatchObject({ op: 'Sigmoid', shape: [1, 1, SIDE, SIDE] });
    expect(found.find(({ op }) => op === 'MaxPool')!.shape).toEqual([1, 16, 9, 9]);
    expect(found.find(({ op }) => op === 'Resize')!.shape).toEqual([1, 16, 18, 18]);
  });

  test('written as a model again, it computes the same', () => {
    const input = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => Math.sin(i / 7) / 2);
    const own = runNetwork(tinyNetwork({ half: true, norms: true }), input);
    const again = runNetwork(modelOf(floatGraph(tinyNetwork())), input);
    expect(Math.max(...again) - Math.min(...again)).toBeGreaterThan(0.3);
    own.forEach((value, i) => expect(Math.abs(value - again[i]!)).toBeLessThan(0.01));
  });

  test.each<[string, (model: Model) => void, RegExp]>([
    ['an operator of another kind', (model) => (model.nodes[0]!.op = 'LSTM'), /the operator LSTM/],
    ['an operator of another domain', (model) => (model.nodes[0]!.domain = 'own'), /the operator own\.Conv/],
    ['an open size', (model) => (model.inputs[0]!.dims[3] = -1), /four fixed sizes/],
    ['two inputs', (model) => model.inputs.push(model.inputs[0]!), /2 inputs/],
    ['weights that are missing', (model) => model.constants.delete('first.w'), /weights of a convolution/],
  ])('%s is refused with what it is', (_, change, message) => {
    const model = tinyNetwork();
    change(model);
    expect(() => floatGraph(model)).toThrow(message);
    expect(() => floatGraph(model)).toThrow(UnexpectedGraph);
  });

  test('an output that the network does not have is refused', () => {
    expect(() => floatGraph(tinyNetwork(), 'mask')).toThrow(/no output "mask"/);
  });
});
