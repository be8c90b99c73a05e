// The tutorial's network as ONNX graphs: the forward pass, and a whole training step (forward, loss, gradients, Adam). It is
// written by hand because no web build of ONNX Runtime has its training operators. Layout [N, C, H, W].
import {Graph} from '../onnx.js';
import {adam, classes, correctedRate, count, flat, parameters} from '../tutorial.js';

const shapes = Object.fromEntries(parameters.map(({name, shape}) => [
  name, shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape]));
const padded = {kernel_shape: [3, 3], pads: [1, 1, 1, 1]};

function forward(g, x, mask, batch, weight) {
  const conv = (input, name) =>
    g.node('Relu', [g.node('Conv', [input, weight(`${name}/kernel`), weight(`${name}/bias`)], padded)]);
  const dense = (input, name) => g.node('Gemm', [input, weight(`${name}/kernel`), weight(`${name}/bias`)]);
  const first = conv(x, 'conv2d'), second = conv(first, 'conv2d_1');
  const pooling = {kernel_shape: [2, 2], strides: [2, 2]};
  const [pooled, winners] = mask ? g.node('MaxPool', [second], pooling, {outputs: 2}) : [g.node('MaxPool', [second], pooling)];
  const flattened = g.node('Reshape', [pooled, g.integers(batch, flat)]);
  const kept = mask ? g.node('Mul', [flattened, mask]) : flattened;
  const hidden = g.node('Relu', [dense(kept, 'dense')]);
  return {first, second, flattened, winners, kept, hidden, logits: dense(hidden, 'dense_1')};
}

/** x -> probabilities; the weights are constants of the graph, so that the runtime may pack them once. */
export function forwardModel(batch, weights) {
  const g = new Graph();
  const x = g.input('x', [batch, 3, 32, 32]);
  const {logits} = forward(g, x, null, batch, (name) => g.constant(weights[name], shapes[name]));
  g.output(g.node('Softmax', [logits], {axis: 1}, {as: 'probabilities'}), [batch, classes]);
  return g.model();
}

/** dy where y > 0. */
const reluGradient = (g, dy, y) =>
  g.node('Where', [g.node('Greater', [y, g.constant([0], [])]), dy, g.constant([0], [])]);

/**
 * The gradient of a same-padded 3x3 kernel, [F, C, 3, 3], as one product for each picture and row v of the kernel: dy moved
 * down by v rows, [F, 34*32], times x moved left by each u, [3C, 34*32], transposed. Six moves are half the copying of the
 * usual nine patches, and the product is wider.
 */
function kernelGradient(g, x, dy, batch, channels, filters) {
  const moved = [1, 0, -1].map((left) => g.node('Pad', [x, g.integers(0, 0, 1, left, 0, 0, 1, -left)]));
  const columns = g.node('Reshape', [g.node('Concat', moved, {axis: 1}), g.integers(batch, 3 * channels, 34 * 32)]);
  const rows = [0, 1, 2].map((v) => {
    const lower = g.node('Reshape', [g.node('Pad', [dy, g.integers(0, 0, v, 0, 0, 0, 2 - v, 0)]), g.integers(batch, filters, 34 * 32)]);
    const each = g.node('FusedMatMul', [lower, columns], {transB: 1}, {domain: 'com.microsoft'});
    return g.node('ReduceSum', [each, g.integers(0)], {keepdims: 0});
  });
  const cells = g.node('Reshape', [g.node('Concat', rows, {axis: 1}), g.integers(filters, 9, channels)]);
  return g.node('Reshape', [g.node('Transpose', [cells], {perm: [0, 2, 1]}), g.integers(filters, channels, 3, 3)]);
}

/** The gradient of the input of a same-padded 3x3 convolution: a convolution with the kernel turned around. */
function inputGradient(g, dy, kernel, channels, filters) {
  const cells = g.node('Reshape', [g.node('Transpose', [kernel], {perm: [1, 0, 2, 3]}), g.integers(channels, filters, 9)]);
  const turned = g.node('Gather', [cells, g.integers(8, 7, 6, 5, 4, 3, 2, 1, 0)], {axis: 2});
  return g.node('Conv', [dy, g.node('Reshape', [turned, g.integers(channels, filters, 3, 3)])], padded);
}

/**
 * One step of Adam. The moments are kept divided by 1 - beta, which saves two passes over a million weights:
 *   m <- beta_1 m + g, v <- beta_2 v + g^2, w <- w - m / (root_scale sqrt(v) + floor)
 */
function adamStep(g, name, weight, gradient, rootScale, floor) {
  const dims = shapes[name];
  const m = g.input(`m/${name}`, dims), v = g.input(`v/${name}`, dims);
  const m1 = g.node('Add', [g.node('Mul', [m, g.constant([adam.beta1], [])]), gradient], {}, {as: `m1/${name}`});
  const v1 = g.node('Add', [g.node('Mul', [v, g.constant([adam.beta2], [])]), g.node('Mul', [gradient, gradient])], {},
                    {as: `v1/${name}`});
  const below = g.node('Add', [g.node('Mul', [g.node('Sqrt', [v1]), rootScale]), floor]);
  const w1 = g.node('Sub', [weight, g.node('Div', [m1, below])], {}, {as: `w1/${name}`});
  for (const output of [w1, m1, v1]) g.output(output, dims);
}

/** {root_scale, floor} of the step t for a corrected rate. */
export const adamInputs = (rate) => ({
  root_scale: Float32Array.of(Math.sqrt(1 - adam.beta2) / (rate * (1 - adam.beta1))),
  floor: Float32Array.of(adam.epsilon / (rate * (1 - adam.beta1))),
});

export function trainingModel(batch) {
  const g = new Graph();
  const x = g.input('x', [batch, 3, 32, 32]), mask = g.input('mask', [batch, flat]);
  const target = g.input('target', [batch, classes]);
  const rootScale = g.input('root_scale', [1]), floor = g.input('floor', [1]);
  for (const {name} of parameters) g.input(`w/${name}`, shapes[name]);
  const f = forward(g, x, mask, batch, (name) => `w/${name}`);

  const logs = g.node('LogSoftmax', [f.logits], {axis: 1});
  const mean = g.constant([1 / batch], []);
  const total = g.node('ReduceSum', [g.node('Mul', [logs, target]), g.integers(0, 1)], {keepdims: 0});
  g.output(g.node('Neg', [g.node('Mul', [total, mean])], {}, {as: 'loss'}), []);

  const dlogits = g.node('Mul', [g.node('Sub', [g.node('Exp', [logs]), target]), mean]);
  const gradient = {
    'dense_1/kernel': g.node('Gemm', [f.hidden, dlogits], {transA: 1}),
    'dense_1/bias': g.node('ReduceSum', [dlogits, g.integers(0)], {keepdims: 0}),
  };
  const dhidden = reluGradient(g, g.node('Gemm', [dlogits, 'w/dense_1/kernel'], {transB: 1}), f.hidden);
  gradient['dense/kernel'] = g.node('Gemm', [f.kept, dhidden], {transA: 1});
  gradient['dense/bias'] = g.node('ReduceSum', [dhidden, g.integers(0)], {keepdims: 0});
  const dkept = g.node('Mul', [g.node('Gemm', [dhidden, 'w/dense/kernel'], {transB: 1}), mask]);
  // A window's winner is positive if the pooled value is: ReLU's gradient before unpooling costs a quarter.
  const dpooled = g.node('Reshape', [reluGradient(g, dkept, f.flattened), g.integers(batch, 32, 16, 16)]);
  const dsecond = g.node('MaxUnpool', [dpooled, f.winners, g.integers(batch, 32, 32, 32)], {kernel_shape: [2, 2], strides: [2, 2]});
  gradient['conv2d_1/kernel'] = kernelGradient(g, f.first, dsecond, batch, 32, 32);
  gradient['conv2d_1/bias'] = g.node('ReduceSum', [dpooled, g.integers(0, 2, 3)], {keepdims: 0});
  const dfirst = reluGradient(g, inputGradient(g, dsecond, 'w/conv2d_1/kernel', 32, 32), f.first);
  gradient['conv2d/kernel'] = kernelGradient(g, x, dfirst, batch, 3, 32);
  gradient['conv2d/bias'] = g.node('ReduceSum', [dfirst, g.integers(0, 2, 3)], {keepdims: 0});

  for (const {name} of parameters) adamStep(g, name, `w/${name}`, gradient[name], rootScale, floor);
  return g.model();
}

/** What a peer's open() gives, for a runtime that creates sessions and tensors. */
export function onnxPeer(ort, options, versions) {
  const tensor = (data, dims) => new ort.Tensor('float32', data, dims);
  return {
    versions,
    async make({batch, weights}) {
      const forwardSession = await ort.InferenceSession.create(forwardModel(batch, weights), options);
      const trainSession = await ort.InferenceSession.create(trainingModel(batch), options);
      let state;
      return {
        reset() {
          state = {};
          for (const {name} of parameters) {
            const dims = shapes[name];
            state[`w/${name}`] = tensor(weights[name].slice(), dims);
            for (const moment of ['m', 'v']) state[`${moment}/${name}`] = tensor(new Float32Array(count(dims)), dims);
          }
        },
        async train(x, labels, mask, step) {
          const target = new Float32Array(batch * classes);
          labels.forEach((label, i) => target[i * classes + label] = 1);

          const {root_scale, floor} = adamInputs(correctedRate(step));
          const out = await trainSession.run({
            ...state, x: tensor(x, [batch, 3, 32, 32]), mask: tensor(mask, [batch, flat]), target: tensor(target, [batch, classes]),
            root_scale: tensor(root_scale, [1]), floor: tensor(floor, [1])});
          for (const {name} of parameters)
            for (const part of ['w', 'm', 'v']) state[`${part}/${name}`] = out[`${part}1/${name}`];
          return out.loss.data[0];
        },
        async forward(x) {
          return (await forwardSession.run({x: tensor(x, [batch, 3, 32, 32])})).probabilities.data;
        },
        async close() {
          await trainSession.release();
          await forwardSession.release();
        },
      };
    },
  };
}
