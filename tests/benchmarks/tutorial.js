// The tutorial's network for the peers that implement it by hand, and the values that every side starts from.
//
// Pictures are bytes in CIFAR-10's record order (label, then 1024 red, green, blue), so the page and `cnn` can load them
// as a batch file. Weights have Keras's names and layouts: kernels [kh, kw, C, F], dense kernels [in, units].

export const classes = 10;
export const side = 32;
export const pixels = 3 * side * side;
export const flat = 16 * 16 * 32;

/** The parameters that keras.js derives from the configuration; fixed here because the peers are written for them. */
export const parameters = [
  {name: 'conv2d/kernel', shape: [3, 3, 3, 32]},
  {name: 'conv2d/bias', shape: [32]},
  {name: 'conv2d_1/kernel', shape: [3, 3, 32, 32]},
  {name: 'conv2d_1/bias', shape: [32]},
  {name: 'dense/kernel', shape: [flat, 128]},
  {name: 'dense/bias', shape: [128]},
  {name: 'dense_1/kernel', shape: [128, classes]},
  {name: 'dense_1/bias', shape: [classes]},
];

export const count = (shape) => shape.reduce((product, size) => product * size, 1);

// Keras's Adam: 1e-7 is the paper's epsilon-hat, outside the corrections of the moments.
export const adam = {learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7};
/** lr_t in step t = 1, 2, ...: w -= lr_t * m / (sqrt(v) + epsilon). */
export const correctedRate = (t) =>
  adam.learningRate * Math.sqrt(1 - adam.beta2 ** t) / (1 - adam.beta1 ** t);

/** A Keras kernel [kh, kw, C, F] as [F, C, kh, kw]. */
export function channelsFirstKernel(kernel, [height, width, channels, filters]) {
  const result = new Float32Array(kernel.length);
  const cells = height * width;
  for (let cell = 0; cell < cells; ++cell)
    for (let c = 0; c < channels; ++c)
      for (let f = 0; f < filters; ++f)
        result[(f * channels + c) * cells + cell] = kernel[(cell * channels + c) * filters + f];
  return result;
}

/** The first dense kernel with rows in the order [C, H, W], for sides that flatten in that order. */
export function channelsFirstDense(kernel) {
  const result = new Float32Array(kernel.length), cells = 16 * 16, channels = 32, units = 128;
  for (let cell = 0; cell < cells; ++cell)
    for (let c = 0; c < channels; ++c) {
      const from = (cell * channels + c) * units;
      result.set(kernel.subarray(from, from + units), (c * cells + cell) * units);
    }
  return result;
}

/** The weights by name, for a side with layout [N, C, H, W]. */
export function channelsFirst(weights) {
  const result = {...weights};
  for (const name of ['conv2d/kernel', 'conv2d_1/kernel'])
    result[name] = channelsFirstKernel(weights[name], parameters.find((p) => p.name === name).shape);
  result['dense/kernel'] = channelsFirstDense(weights['dense/kernel']);
  return result;
}
