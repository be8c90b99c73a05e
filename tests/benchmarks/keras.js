// Keras Sequential configurations for the bench: the tutorial's, and the parameters of any configuration.

const layer = (class_name, config) => ({class_name, config});

export const tutorial = {class_name: 'Sequential', config: {name: 'tutorial', layers: [
  layer('InputLayer', {name: 'input', batch_shape: [null, 32, 32, 3], dtype: 'float32'}),
  layer('Conv2D', {name: 'conv2d', filters: 32, kernel_size: [3, 3], padding: 'same', activation: 'relu'}),
  layer('Conv2D', {name: 'conv2d_1', filters: 32, kernel_size: [3, 3], padding: 'same', activation: 'relu'}),
  layer('MaxPooling2D', {name: 'max_pooling2d', pool_size: [2, 2], strides: [2, 2], padding: 'valid'}),
  layer('Dropout', {name: 'dropout', rate: 0.5}),
  layer('Flatten', {name: 'flatten'}),
  layer('Dense', {name: 'dense', units: 128, activation: 'relu'}),
  layer('Dense', {name: 'dense_1', units: 10, activation: 'softmax'}),
]}};

const without = (model, isOut) => ({...model, config: {...model.config, layers: model.config.layers.filter((l) => !isOut(l.class_name))}});
/** Without augmentation layers: the peers would need the same random numbers. */
export const withoutAugmentation = (model) => without(model, (name) => name.startsWith('Random'));
/** Without dropout, so that training draws no random numbers. Layer names, and so the weights, stay the same. */
export const withoutDropout = (model) => without(model, (name) => name === 'Dropout');

const pair = (size) => typeof size === 'number' ? [size, size] : size;
const outputSize = (size, window, stride, padding) =>
  padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - window) / stride) + 1;

/** [{name, shape, initial}] in Keras's order; `initial` is "glorot" or a number for all values. */
export function parametersOf({config: {layers}}) {
  const parameters = [];
  let shape;
  for (const {class_name, config: c} of layers) {
    const add = (name, dims, initial) => parameters.push({name: `${c.name}/${name}`, shape: dims, initial});
    const input = c.batch_shape ?? c.batch_input_shape;
    if (input) shape = input.slice(1);
    switch (class_name) {
      case 'Conv2D': {
        const window = pair(c.kernel_size), strides = pair(c.strides ?? 1);
        add('kernel', [...window, shape[2], c.filters], 'glorot');
        if (c.use_bias ?? true) add('bias', [c.filters], 0);
        shape = [...[0, 1].map((i) => outputSize(shape[i], window[i], strides[i], c.padding ?? 'valid')), c.filters];
        break;
      }
      case 'MaxPooling2D': case 'AveragePooling2D': {
        const window = pair(c.pool_size), strides = pair(c.strides ?? window);
        shape = [...[0, 1].map((i) => outputSize(shape[i], window[i], strides[i], c.padding ?? 'valid')), shape[2]];
        break;
      }
      case 'GlobalAveragePooling2D': shape = [shape[2]]; break;
      case 'Flatten': shape = [shape.reduce((product, size) => product * size, 1)]; break;
      case 'BatchNormalization':
        if (c.scale ?? true) add('gamma', [shape.at(-1)], 1);
        if (c.center ?? true) add('beta', [shape.at(-1)], 0);
        add('moving_mean', [shape.at(-1)], 0);
        add('moving_variance', [shape.at(-1)], 1);
        break;
      case 'Dense':
        add('kernel', [shape.at(-1), c.units], 'glorot');
        if (c.use_bias ?? true) add('bias', [c.units], 0);
        shape = [c.units];
        break;
    }
  }
  return parameters;
}
