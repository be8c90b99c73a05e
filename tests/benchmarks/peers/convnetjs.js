// ConvNetJS 0.3.0, in a browser worker. It trains picture by picture, in double precision. Its own trainer has no Adam, so Adam
// is implemented here. It trains without dropout, whose cost is negligible next to its convolutions.
import {adam, classes, correctedRate, count, parameters} from '../tutorial.js';

export const channelsFirst = false;

const network = [
  {type: 'input', out_sx: 32, out_sy: 32, out_depth: 3},
  {type: 'conv', sx: 3, filters: 32, stride: 1, pad: 1, activation: 'relu'},
  {type: 'conv', sx: 3, filters: 32, stride: 1, pad: 1, activation: 'relu'},
  {type: 'pool', sx: 2, stride: 2},
  {type: 'fc', num_neurons: 128, activation: 'relu'},
  {type: 'softmax', num_classes: classes},
];

export async function open({modules}) {
  const source = await (await fetch(`${modules}/convnetjs/build/convnet-min.js`)).text();
  const convnetjs = new Function('window', `${source}; return convnetjs;`)({});

  return {
    versions: {ConvNetJS: '0.3.0'},
    make({batch, weights}) {
      const net = new convnetjs.Net();
      net.makeLayers(network);
      // Per layer: one array per filter or unit, a column of Keras's kernel [..., F], then the biases.
      const slots = net.getParamsAndGrads().map(({params, grads}) => (
        {params, grads, m: new Float64Array(params.length), v: new Float64Array(params.length)}));
      const volume = (x, i) => {
        const vol = new convnetjs.Vol(32, 32, 3, 0);
        vol.w.set(x.subarray(i * 3072, (i + 1) * 3072));
        return vol;
      };
      return {
        reset() {
          let slot = 0;
          for (let p = 0; p < parameters.length; p += 2) {
            const {name, shape} = parameters[p], kernel = weights[name], filters = shape.at(-1);
            for (let f = 0; f < filters; ++f, ++slot)
              for (let i = 0; i < count(shape) / filters; ++i) slots[slot].params[i] = kernel[i * filters + f];
            slots[slot++].params.set(weights[parameters[p + 1].name]);
          }
          for (const {grads, m, v} of slots) for (const array of [grads, m, v]) array.fill(0);
        },
        train(x, labels, mask, step) {
          let loss = 0;
          for (let i = 0; i < batch; ++i) {
            net.forward(volume(x, i), true);
            loss += net.backward(labels[i]) / batch;
          }
          const rate = correctedRate(step);
          for (const {params, grads, m, v} of slots)
            for (let i = 0; i < params.length; ++i) {
              const g = grads[i] / batch;
              m[i] += (1 - adam.beta1) * (g - m[i]);
              v[i] += (1 - adam.beta2) * (g * g - v[i]);
              params[i] -= rate * m[i] / (Math.sqrt(v[i]) + adam.epsilon);
              grads[i] = 0;
            }
          return loss;
        },
        forward(x) {
          let output;
          for (let i = 0; i < batch; ++i) output = net.forward(volume(x, i)).w;
          return output;
        },
      };
    },
  };
}
