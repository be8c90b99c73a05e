// TensorFlow.js, in a browser worker, on the requested backend: cpu, wasm, webgl or webgpu.
//
// The wasm backend cannot train a convolution ("Conv2DBackpropFilter not registered"). There, the gradients of convolution and
// pooling are written by hand with the kernels it has.
import {adam, classes, flat, parameters} from '../tutorial.js';

export const channelsFirst = false;

/** A same-padded 3x3 convolution whose gradients are convolutions too. */
function convolution(tf) {
  return tf.customGrad((x, kernel, save) => {
    save([x, kernel]);
    const gradFunc = (dy, [x, kernel]) => [
      tf.conv2d(dy, kernel.reverse([0, 1]).transpose([0, 1, 3, 2]), 1, 'same'),
      // Pictures act as channels: [C, H, W, N] with the kernel [H, W, N, F] gives [C, 3, 3, F].
      tf.conv2d(x.transpose([3, 1, 2, 0]), dy.transpose([1, 2, 0, 3]), 1, 1).transpose([1, 2, 0, 3]),
    ];
    return {value: tf.conv2d(x, kernel, 1, 'same'), gradFunc};
  });
}

/** 2x2 windows that do not overlap; several equal largest values would all win, which ReLU's zeros make harmless. */
function pooling(tf) {
  return tf.customGrad((x, save) => {
    const y = tf.maxPool(x, 2, 2, 'valid');
    save([x, y]);
    const enlarge = (small) => tf.image.resizeNearestNeighbor(small, [32, 32]);
    return {value: y, gradFunc: (dy, [x, y]) => enlarge(dy).mul(x.equal(enlarge(y)).cast('float32'))};
  });
}

async function load(backend, threads, modules) {
  await import(`${modules}/@tensorflow/tfjs/dist/tf.min.js`);
  const tf = globalThis.tf;
  if (backend === 'wasm') {
    await import(`${modules}/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`);
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
    tf.wasm.setThreadsCount(threads);
    tf.wasm.setWasmPaths(new URL(`${modules}/@tensorflow/tfjs-backend-wasm/wasm-out/`, location.href).href);
  }
  if (backend === 'webgpu') await import(`${modules}/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js`);
  if (!await tf.setBackend(backend)) throw new Error(`the ${backend} backend did not start`);
  await tf.ready();
  return tf;
}

export async function open({backend, threads, modules}) {
  const tf = await load(backend, threads, modules);
  const conv = backend === 'wasm' ? convolution(tf) : (x, kernel) => tf.conv2d(x, kernel, 1, 'same');
  const pool = backend === 'wasm' ? pooling(tf) : (x) => tf.maxPool(x, 2, 2, 'valid');

  return {
    versions: {'TensorFlow.js': tf.version.tfjs, backend: tf.getBackend()},
    async make({batch, weights}) {
      const value = Object.fromEntries(parameters.map(({name, shape}) => [name, tf.variable(tf.tensor(weights[name], shape))]));
      const at = (name) => value[name];
      const logits = (x, mask) => {
        const first = conv(x, at('conv2d/kernel')).add(at('conv2d/bias')).relu();
        const second = conv(first, at('conv2d_1/kernel')).add(at('conv2d_1/bias')).relu();
        const flattened = pool(second).reshape([batch, flat]);
        const hidden = flattened.mul(mask).matMul(at('dense/kernel')).add(at('dense/bias')).relu();
        return hidden.matMul(at('dense_1/kernel')).add(at('dense_1/bias'));
      };
      const inference = (x) => {
        const fused = (input, name) => tf.fused.conv2d({
          x: input, filter: at(`${name}/kernel`), strides: 1, pad: 'same', bias: at(`${name}/bias`), activation: 'relu'});
        const dense = (input, name, activation) => tf.fused.matMul({
          a: input, b: at(`${name}/kernel`), bias: at(`${name}/bias`), activation});
        const pooled = tf.maxPool(fused(fused(x, 'conv2d'), 'conv2d_1'), 2, 2, 'valid');
        return dense(dense(pooled.reshape([batch, flat]), 'dense', 'relu'), 'dense_1', 'linear').softmax();
      };
      let optimizer;
      return {
        reset() {
          for (const {name, shape} of parameters) tf.tidy(() => value[name].assign(tf.tensor(weights[name], shape)));
          optimizer?.dispose();
          optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);
        },
        async train(x, labels, mask, step) {
          // Keras adds epsilon outside the correction of the second moment, TensorFlow.js inside.
          optimizer.epsilon = adam.epsilon / Math.sqrt(1 - adam.beta2 ** step);
          const loss = tf.tidy(() => {
            const input = tf.tensor(x, [batch, 32, 32, 3]), kept = tf.tensor(mask, [batch, flat]);
            const target = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
            return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(target, logits(input, kept)), true);
          });
          const result = (await loss.data())[0];
          loss.dispose();
          return result;
        },
        async forward(x) {
          const output = tf.tidy(() => inference(tf.tensor(x, [batch, 32, 32, 3])));
          const result = await output.data();
          output.dispose();
          return result;
        },
        close() {
          optimizer?.dispose();
          Object.values(value).forEach((v) => v.dispose());
        },
      };
    },
  };
}
