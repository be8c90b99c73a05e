// jax-js on its wasm backend, in a browser worker. Its convolution is many times slower than its matrix products, so a whole
// training step with gradients is written with products and compiled as one function: one product per cell of a 3x3 kernel,
// because assembling patches costs five times the product itself with 32 channels.
//
// jax-js takes ownership of arguments: a value that is used again is passed as `value.ref`.
import {adam, classes, correctedRate, flat, parameters} from '../tutorial.js';

export const channelsFirst = false;

function functions({numpy: np, nn}, batch) {
  const cells = batch * 1024, wideCells = (batch + 1) * 34 * 34;
  /** Zeros around each picture, and a picture of zeros behind the last. */
  const border = (x) => np.pad(x, [[0, 1], [1, 1], [1, 1], [0, 0]]);
  const taps = Array.from({length: 9}, (_, i) => [Math.floor(i / 3), i % 3]);
  const shifts = (wide) => {
    const shifted = taps.map(([v, u]) => wide.ref.slice([0, batch], [v, v + 32], [u, u + 32], []));
    wide.dispose();
    return shifted;
  };
  /** [N*H*W, 27]: what each cell of the first convolution sees. */
  const patches = (x) => np.concatenate(shifts(border(x)), 3).reshape([cells, 27]);
  /** The convolution of bordered pictures [N + 1, 34, 34, 32] with a kernel [3, 3, 32, F]. */
  const convolution = (wide, kernel) => {
    const parts = shifts(wide).map((seen, i) => np.dot(seen, kernel.ref.slice(taps[i][0], taps[i][1], [], [])));
    kernel.dispose();
    return parts.reduce((sum, part) => sum.add(part));
  };
  /**
   * The gradient of its kernel. Both sides carry their border, dy's is zero: so a cell of the kernel is one offset between
   * the two as flat rows, and every product reads memory in order; over a multiple of 64 rows, which jax-js likes best.
   */
  const summed = 64 * Math.ceil((batch * 34 * 34 - 70) / 64);
  const kernelGradient = (wide, wideDy) => {
    const rows = wide.reshape([wideCells, 32]), dyRows = wideDy.reshape([wideCells, 32]).slice([35, 35 + summed], []);
    const cellsOfKernel = taps.map(([v, u]) => {
      const offset = v * 34 + u;
      return np.dot(rows.ref.slice([offset, offset + summed], []).transpose([1, 0]), dyRows.ref);
    });
    rows.dispose();
    dyRows.dispose();
    return np.concatenate(cellsOfKernel, 0).reshape([3, 3, 32, 32]);
  };
  const affine = (x, w, name) => np.dot(x, w[`${name}/kernel`].ref.reshape([-1, w[`${name}/kernel`].shape.at(-1)]))
      .add(w[`${name}/bias`].ref);
  const windows = (x) => x.reshape([batch, 16, 2, 16, 2, 32]);

  function forward(w, x, mask) {
    const seen = patches(x);
    const first = nn.relu(affine(seen.ref, w, 'conv2d')).reshape([batch, 32, 32, 32]);
    const wide = border(first.ref);
    const second = nn.relu(convolution(wide.ref, w['conv2d_1/kernel'].ref).add(w['conv2d_1/bias'].ref));
    const pooled = windows(second.ref).max([2, 4]);
    const kept = mask ? pooled.ref.reshape([batch, flat]).mul(mask) : pooled.ref.reshape([batch, flat]);
    const hidden = nn.relu(affine(kept.ref, w, 'dense'));
    const logits = affine(hidden.ref, w, 'dense_1');
    return {seen, first, wide, second, pooled, kept, hidden, logits};
  }

  function gradients(w, x, target, mask) {
    const f = forward(w, x, mask.ref);
    const logs = nn.logSoftmax(f.logits, 1);
    const loss = logs.ref.mul(target.ref).sum().mul(-1 / batch);
    const dlogits = np.exp(logs).sub(target).mul(1 / batch);
    const where = (condition, dy) => np.where(condition, dy, 0);
    const flipped = (a) => a.transpose([1, 0]);

    const dhidden = where(f.hidden.ref.greater(0), np.dot(dlogits.ref, flipped(w['dense_1/kernel'].ref)));
    const dkept = np.dot(dhidden.ref, flipped(w['dense/kernel'].ref)).mul(mask);
    const dpooled = where(f.pooled.ref.greater(0), dkept.reshape([batch, 16, 16, 32]));
    const spread = (small) => small.reshape([batch, 16, 1, 16, 1, 32]);
    const dsecond = where(windows(f.second).equal(spread(f.pooled)), spread(dpooled)).reshape([batch, 32, 32, 32]);
    const wideDsecond = border(dsecond.ref);
    const turned = np.flip(w['conv2d_1/kernel'].ref, [0, 1]).transpose([0, 1, 3, 2]);
    const dfirst = where(f.first.greater(0), convolution(wideDsecond.ref, turned)).reshape([cells, 32]);
    const g = {
      'conv2d/kernel': np.dot(flipped(f.seen), dfirst.ref).reshape([3, 3, 3, 32]),
      'conv2d/bias': dfirst.sum(0),
      'conv2d_1/kernel': kernelGradient(f.wide, wideDsecond),
      'conv2d_1/bias': dsecond.sum([0, 1, 2]),
      'dense/kernel': np.dot(flipped(f.kept), dhidden.ref),
      'dense/bias': dhidden.sum(0),
      'dense_1/kernel': np.dot(flipped(f.hidden), dlogits.ref),
      'dense_1/bias': dlogits.sum(0),
    };
    return [loss, g];
  }

  function step(w, m, v, x, target, mask, rate) {
    const [loss, g] = gradients(w, x, target, mask);
    const next = {w: {}, m: {}, v: {}};
    for (const {name} of parameters) {
      const m1 = m[name].mul(adam.beta1).add(g[name].ref.mul(1 - adam.beta1));
      const v1 = v[name].mul(adam.beta2).add(g[name].ref.mul(g[name]).mul(1 - adam.beta2));
      next.w[name] = w[name].sub(m1.ref.mul(rate.ref).div(np.sqrt(v1.ref).add(adam.epsilon)));
      next.m[name] = m1;
      next.v[name] = v1;
    }
    rate.dispose();
    return [loss, next.w, next.m, next.v];
  }

  function probabilities(w, x) {
    const {logits, ...rest} = forward(w, x, null);
    Object.values(rest).forEach((value) => value.dispose());
    Object.values(w).forEach((value) => value.dispose());
    return nn.softmax(logits, 1);
  }
  return {step, probabilities};
}

export async function open({threads, modules}) {
  // jax-js starts one worker per core that the browser reports; there is no option for it.
  Object.defineProperty(navigator, 'hardwareConcurrency', {value: threads});
  const jax = await import(`${modules}/@jax-js/jax/dist/index.js`);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const {numpy: np, jit, tree} = jax;

  return {
    versions: {'jax-js': '0.1.25'},
    make({batch, weights}) {
      const {step, probabilities} = functions(jax, batch);
      const compiledStep = jit(step), compiledForward = jit(probabilities);
      let w, m, v;
      const zeros = () => Object.fromEntries(parameters.map(({name, shape}) => [name, np.zeros(shape)]));
      const drop = () => [w, m, v].forEach((values) => tree.dispose(values));
      return {
        reset() {
          drop();
          w = Object.fromEntries(parameters.map(({name, shape}) => [name, np.array(weights[name].slice(), {shape})]));
          m = zeros();
          v = zeros();
        },
        async train(x, labels, mask, t) {
          const target = new Float32Array(batch * classes);
          labels.forEach((label, i) => target[i * classes + label] = 1);
          let loss;
          [loss, w, m, v] = compiledStep(w, m, v, np.array(x, {shape: [batch, 32, 32, 3]}),
              np.array(target, {shape: [batch, classes]}), np.array(mask, {shape: [batch, flat]}), np.array([correctedRate(t)]));
          const value = (await loss.data())[0];
          await jax.blockUntilReady(w);
          return value;
        },
        async forward(x) {
          return compiledForward(tree.ref(w), np.array(x, {shape: [batch, 32, 32, 3]})).data();
        },
        close() {
          drop();
          compiledStep.dispose();
          compiledForward.dispose();
        },
      };
    },
  };
}
