// The loop that every JavaScript peer runs in, in a browser worker or in its own process.
//
// A peer exports `channelsFirst` and open({threads, backend, modules}) -> {versions, make}.
// make({batch, weights}) -> {reset(), train(x, labels, mask, step) -> loss, forward(x) -> probabilities, close()}.
// All of these may return promises.
//   x     Float32Array [N, 32, 32, 3], or [N, 3, 32, 32] with channelsFirst, in 0..1
//   mask  Float32Array [N, 8192]: the dropout factors, 0 or 2; all 1 without dropout
// Dropout masks are made in advance and reused in turn: only our own sides are charged for random numbers.
import {channelsFirst, flat, pixels} from './tutorial.js';

const keptBatches = 6;  // distinct batches and masks; also the number of steps whose losses are compared
const settlingSteps = {train: 2, forward: 2};

/** Weights by name from a safetensors file of float32. */
export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const start = 8 + length, weights = {};
  for (const [name, {data_offsets: [begin, end]}] of Object.entries(header))
    if (name !== '__metadata__') weights[name] = new Float32Array(buffer.slice(start + begin, start + end));
  return weights;
}

/** Batch number `index` of CIFAR-10 records as floats. */
export function readBatch(records, index, size, planes) {
  const x = new Float32Array(size * pixels), labels = new Uint8Array(size), cells = pixels / 3;
  for (let i = 0; i < size; ++i) {
    const record = (index * size + i) * (1 + pixels);
    labels[i] = records[record];
    for (let c = 0; c < 3; ++c)
      for (let cell = 0; cell < cells; ++cell)
        x[i * pixels + (planes ? c * cells + cell : cell * 3 + c)] = records[record + 1 + c * cells + cell] / 255;
  }
  return {x, labels};
}

function readMask(size, index) {
  let state = index + 1;
  return Float32Array.from({length: size * flat}, () => (state = Math.imul(state, 1664525) + 1013904223 | 0) < 0 ? 2 : 0);
}

/** Answers {do: 'open' | 'losses' | 'slice', ...}, one at a time. */
export function runner(peer, {pictures, weights}) {
  const records = new Uint8Array(pictures);
  let opened, network, made, batches;

  async function use(batch) {
    if (made === batch) return;
    await network?.close?.();
    network = undefined;
    network = await opened.make({batch, weights: peer.channelsFirst ? channelsFirst(weights) : weights});
    made = batch;
    batches = Array.from({length: keptBatches}, (_, i) => ({...readBatch(records, i, batch, peer.channelsFirst), mask: readMask(batch, i)}));
  }

  return async (request) => {
    switch (request.do) {
      case 'open':
        opened = await peer.open(request);
        return {versions: opened.versions};
      case 'losses': {
        await use(request.batch);
        await network.reset();
        const ones = new Float32Array(request.batch * flat).fill(1), losses = [];
        for (const [i, {x, labels}] of batches.entries()) losses.push(await network.train(x, labels, ones, i + 1));
        return {losses};
      }
      case 'slice': {
        await use(request.batch);
        await network.reset();
        let step = 0, value;
        const one = async () => {
          const {x, labels, mask} = batches[step++ % keptBatches];
          value = request.mode === 'train' ? await network.train(x, labels, mask, step) : (await network.forward(x))[0];
        };
        const settle = request.settle ?? settlingSteps[request.mode];
        for (let i = 0; i < settle; ++i) await one();
        const start = performance.now(), first = step;
        let now;
        do await one(); while ((now = performance.now()) - start < 1000 * request.seconds);
        if (!Number.isFinite(value)) throw new Error(`the slice ended with ${value}, not a finite number`);
        return {images: (step - first) * request.batch, seconds: (now - start) / 1000};
      }
    }
    throw new Error(`unknown request ${request.do}`);
  };
}
