// The steps of random sequences, as data: a sequence can be printed, replayed and shrunk. What JSON cannot hold is written as
// {$: kind, ...}; `made` in page_checker.js makes it.

/** @typedef {{do: string, tab?: number, [field: string]: any}} Step */

/** Numbers that a seed decides. @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  /** A whole number below `below`. @param {number} below */
  const next = (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  return {
    next,
    /** @template T @param {readonly T[]} list @returns {T} */
    one: (list) => list[next(list.length)],
    /** True in `percent` of a hundred cases. @param {number} percent */
    chance: (percent) => next(100) < percent,
  };
}
/** @typedef {ReturnType<typeof randomOf>} Random */

const TINY = [
  {class_name: 'Conv2D', config: {filters: 2, kernel_size: [3, 3], strides: [2, 2], activation: 'relu', batch_input_shape: [null, 32, 32, 3]}},
  {class_name: 'MaxPooling2D', config: {}},
  {class_name: 'Flatten', config: {}},
  {class_name: 'Dense', config: {units: 10, activation: 'softmax'}},
];
/** @param {any[]} layers */
const sequential = (layers) => ({class_name: 'Sequential', config: {layers}});
/** Networks that train in milliseconds. @type {{[name: string]: any}} */
export const NETWORKS = {
  tiny: sequential(TINY),
  normed: sequential([TINY[0], {class_name: 'BatchNormalization', config: {}}, {class_name: 'Dropout', config: {rate: 0.5}}, ...TINY.slice(1)]),
  dense: sequential([{class_name: 'Flatten', config: {batch_input_shape: [null, 32, 32, 3]}}, TINY[3]]),
  two_classes: sequential([...TINY.slice(0, 3), {class_name: 'Dense', config: {units: 2, activation: 'softmax'}}]),
};
const WRONG_NETWORKS = [
  {}, [], null, 5, 'nonsense', '', {class_name: 'Sequential'}, sequential([]), sequential([{class_name: 'Nothing', config: {}}]),
  sequential(TINY.slice(1)), sequential([...TINY.slice(0, 3), {class_name: 'Dense', config: {units: 1}}]),
  sequential([{...TINY[0], config: {...TINY[0].config, filters: -2}}, ...TINY.slice(1)]),
  sequential([{...TINY[0], config: {...TINY[0].config, batch_input_shape: [null, 8, 8, 1]}}, ...TINY.slice(1)]),
];
/** Where an object of options, or anything else, is expected. */
const WRONG = [null, 5, 'x', [], {$: 'function'}, {$: 'nan'}, {$: 'infinity'}, {$: 'bigint'}, {$: 'cycle'}, {$: 'symbol'}, true, -1, 1.5, 1e99, ''];

/** Options of a right fit. @param {Random} random @returns {any} */
function fitOptions({next, one, chance}) {
  return {
    epochs: one([1, 1, 1, 2, 3, 0.5, 1.5, 100_000]), batch_size: one([10, 20, 40, 7, 1000]), seed: next(9),
    ...(chance(50) && {optimizer: one(['SGD', 'Adam', 'AdamW', {class_name: 'SGD', config: {momentum: 0.9, use_ema: true}}, {class_name: 'Adam', config: {use_ema: true}}])}),
    ...(chance(25) && {learning_rate: one([0.001, 0.1, 0, 1e6])}),
    ...(chance(15) && {validate: false}), ...(chance(15) && {shuffle: false}), ...(chance(15) && {paused: true}),
    ...(chance(15) && {threads: one([1, 2])}), ...(chance(15) && {validation_split: 0.25}), ...(chance(10) && {drop_remainder: true}),
    ...(chance(15) && {augmentation: [one([{class_name: 'RandomFlip', config: {}}, {class_name: 'RandomTranslation', config: {}}])]}),
    ...(chance(15) && {callbacks: [one([
      {class_name: 'EarlyStopping', config: {monitor: 'val_loss', patience: 0, restore_best_weights: true}},
      {class_name: 'ReduceLROnPlateau', config: {monitor: 'loss', patience: 0}},
    ])]}),
    ...(chance(5) && {test_time_augmentation: 'mirror'}),
  };
}

/** One wrong field, or something else than options. @param {Random} random */
function wrongOptions(random, right) {
  if (random.chance(40)) return random.one(WRONG);
  return {...right, [random.one(Object.keys(right).length > 0 ? [...Object.keys(right), 'nonsense'] : ['nonsense'])]: random.one(WRONG)};
}

const DATA_FILES = ['batch', 'pictures', 'zip', 'cut_zip', 'archive', 'garbage', 'text', 'empty'];
const PATHS = ['batch.bin', 'cut.bin', 'dropping.bin', 'garbage.bin', 'nothing.bin', 'batch.tar.gz', 'slow.bin', 'broken.parquet', '100%.bin'];
const SPLITS = ['train', 'test'];
const KINDS = ['maps', 'layers', 'filters', 'unit', 'grad_cam', 'saliency', 'occlusion', 'top', 'pca', 'histograms'];
const LAYERS = ['conv2d', 'max_pooling2d', 'flatten', 'dense', 0, 1, 2, 3, 99, 'nothing', -1];
const FORMATS = ['safetensors', 'tfjs', 'onnx', 'pytorch', 'keras', 'checkpoint'];

/** The arguments of a call, right or wrong, by its name. @type {{[call: string]: (random: Random) => any[]}} */
const ARGUMENTS = {
  load(random) {
    const {one, next, chance} = random;
    const source = one(['sample', 'sample', 'sample', 'kept', 'cifar10', {$: 'url', path: one(PATHS)}, {$: 'url', path: one(PATHS)}, {$: 'files', kind: one(DATA_FILES), seed: next(5)}]);
    const right = {source, ...((source === 'sample' || chance(30)) && {limit: 20 + next(60)}), ...(chance(20) && {seed: next(9)})};
    if (!chance(15)) return [right];
    return [wrongOptions(random, right)];
  },
  build({one, chance}) {
    if (chance(20)) return [one([...WRONG_NETWORKS, ...WRONG])];
    return [chance(10) ? 'tutorial_small' : {$: 'network', name: one(Object.keys(NETWORKS))}];
  },
  summary: () => [],
  fit(random) {
    const right = {...fitOptions(random), ...(random.chance(20) && {continue: true})};
    return random.chance(15) ? [wrongOptions(random, right)] : random.chance(10) ? [{continue: true}] : [right];
  },
  pause: () => [],
  resume: () => [],
  step: () => [],
  stop: () => [],
  evaluate(random) {
    const right = random.chance(50) ? {} : {split: random.one(SPLITS)};
    return random.chance(15) ? [wrongOptions(random, right)] : [right];
  },
  predict({one, next, chance}) {
    return [chance(20) ? one([...WRONG, {$: 'bytes', count: next(4000), seed: 1}]) : {$: 'bytes', count: 3072 * (1 + next(4)), seed: next(9)}];
  },
  inspect(random) {
    const {one, next, chance} = random;
    const right = {
      what: one(KINDS), image: chance(20) ? {$: 'bytes', count: 3072, seed: next(9)} : {split: one(SPLITS), index: next(chance(20) ? 1000 : 8)},
      layer: one(LAYERS), ...(chance(50) && {row: next(9), column: next(9), channel: next(4)}), ...(chance(30) && {class: next(12)}),
      ...(chance(30) && {split: one(SPLITS), count: next(20)}),
    };
    return chance(15) ? [wrongOptions(random, right)] : [right];
  },
  export: ({one, chance}) => [chance(15) ? one([...WRONG, 'none']) : one(FORMATS)],
  import({one, next, chance}) {
    return [chance(40) ? one([...WRONG, {$: 'files', kind: one(DATA_FILES), seed: next(5)}, {'x.safetensors': {$: 'bytes', count: next(99), seed: 2}}, {'x.bin': 5}])
                       : {$: 'exported'}];
  },
  inputRange: ({one, chance}) => [chance(20) ? one(WRONG) : one(['0..1', '0..255'])],
};
const OFTEN = ['inputRange', 'fit', 'fit', 'fit', 'fit', 'load', 'load', 'build', 'build', 'pause', 'resume', 'step', 'stop', 'evaluate', 'evaluate', 'inspect', 'predict', 'export', 'import', 'summary'];
const WITH_SIGNAL = new Set(['load', 'fit', 'evaluate', 'inspect']);

const WIDGETS = ['train', 'train', 'train', 'pause', 'resume', 'step', 'stop', 'reset', 'share', 'notice/close', 'help/text', 'show/text'];
/** What can be pressed once a tab is open. @type {{[tab: string]: string[]}} */
const IN_TAB = {
  curves: ['curves/log', 'curves/by', 'curves/more', 'curves/norms', 'curves/save', 'save/loss.svg', 'save/accuracy.png', 'copy/history'],
  matrix: ['matrix/test', 'matrix/save', 'matrix/csv', 'copy/scores', 'cell/0/0', 'cell/3/5', 'confused/0', 'matrix/shown/Per predicted class', 'matrix/shown/Counts and shares'],
  predictions: ['gallery/next', 'gallery/back', 'gallery/mistakes', 'gallery/sort', 'picture/0', 'gallery/inside', 'own/take', 'own/clear', 'own/paste', 'own/file', 'own/use', 'own/camera'],
  inside: ['inside/layer/conv2d', 'inside/view/Network', 'inside/block/conv2d', 'inside/view/Scatter', 'inside/view/Filters', 'inside/view/Numbers', 'inside/view/Evidence', 'inside/method/Saliency', 'inside/embed', 'inside/random',
           'inside/large', 'inside/walk/begin', 'inside/walk/all', 'inside/cancel', 'inside/again', 'inside/map/1', 'inside/one_scale'],
  runs: ['run/show/1', 'run/rename/1', 'run/delete/1', 'run/use/1', 'run/save/1', 'run/csv', 'run/json'],
  profile: ['profile/reset'],
  learn: ['learn/next', 'learn/previous', 'learn/play', 'learn/link', 'learn/convolution', 'learn/tutorial', 'tutorial/train', 'tutorial/evaluate', 'tutorial/go/data', 'experiment/one_convolution', 'experiment/yes', 'experiment/no'],
  pictures: ['pictures/split', 'pictures/cell/0', 'pictures/cell/3', 'pictures/close', 'pictures/again', 'pictures/draws'],
  data: ['data/change', 'source/sample', 'source/kept', 'source/cifar10', 'source/huggingface', 'source/files', 'load/cancel', 'data/look', 'data/forget'],
  model: ['model/menu', 'model/preset', 'model/picture', 'preset/tutorial_small', 'model/add', 'model/use', 'model/discard', 'model/undo', 'model/redo', 'block/remove', 'block/copy', 'block/up'],
  training: ['training/more', 'training/run', 'epochs/value', 'training/augmentation', 'training/callbacks', 'training/groups', 'training/groups/add', 'speedrun/start', 'speedrun/measure'],
};
const KEYS = ['Space', 's', '1', '2', '3', '4', '5', '6', '7', '8', 'Escape', 'Enter', 'Tab', 'Shift+Slash', 'Control+z', 'Control+y', 'ArrowDown', 'ArrowUp', 'PageDown', 'Delete', 'x'];
const SIZES = [[1280, 800], [1040, 700], [820, 1180], [640, 480], [480, 900], [390, 844], [320, 300], [1600, 1000]];
const PLAIN = ['plain-train', 'plain-pause', 'plain-stop', 'plain-sample', 'plain-cifar10'];
const DROPS = ['batch', 'pictures', 'picture', 'zip', 'cut_zip', 'garbage', 'text', 'empty'];
const LINKS = ['', '#v=1&preset=tutorial_small', '#v=1&fit=%7Bgarbage', '#plain', '#v=1&preset=nonsense&fit=%7B%22epochs%22%3A2%7D', '#v=9&&&=%FF'];

/** @param {Random} random @returns {Step} */
function call(random) {
  const name = random.one(OFTEN);
  /** @type {Step} */
  const step = {do: 'call', name, args: ARGUMENTS[name](random)};
  if (WITH_SIGNAL.has(name) && random.chance(25)) step.signal = random.chance(15) ? 'aborted' : 'own';
  // A training of 100,000 epochs, or a paused one, is not waited for.
  const [options] = step.args;
  if (random.chance(50) && !(name === 'fit' && (options?.epochs > 10 || options?.paused || options?.continue)) && name !== 'step') step.wait = true;
  return step;
}

/** @param {Random} random @returns {Step[]} */
function presses(random) {
  const {one, next, chance} = random;
  const kind = chance(20) ? 'tap' : 'press';
  if (chance(40)) return [{do: kind, widget: one(WIDGETS)}];
  if (chance(20)) return [{do: 'point', x: next(100) / 100, y: next(100) / 100, button: one(['left', 'left', 'right'])}];
  if (chance(15)) return [{do: 'plain', id: one(PLAIN)}];
  const tab = one(Object.keys(IN_TAB));
  return [{do: kind, widget: `tab/${tab}`}, ...Array.from({length: 1 + next(3)}, () => ({do: kind, widget: one(IN_TAB[tab])}))];
}

/** Steps of one kind by weight: out of a thousand. @type {[number, (random: Random) => Step[]][]} */
const MOVES = [
  [560, (random) => [call(random)]],
  [100, ({one}) => [{do: 'turns', count: one([1, 2, 5, 20])}]],
  [60, () => [{do: 'abort'}]],
  [120, presses],
  [40, ({one}) => [{do: 'key', key: one(KEYS)}]],
  [15, ({one}) => { const [width, height] = one(SIZES); return [{do: 'resize', width, height}]; }],
  [35, ({one, next}) => [{do: 'drop', kind: one(DROPS), seed: next(5)}]],
  [30, ({one}) => [{do: 'kill', how: one(['hook', 'hook', 'close'])}]],
  [12, ({one, chance}) => [{do: 'reload', hash: chance(50) ? '' : one(LINKS), ...(chance(60) && {restore: true})}]],
  [9, (random) => Array.from({length: 1 + random.next(4)}, () => ({...call(random), tab: 1}))],
  [3, ({one}) => [{do: 'break_app', how: one(['message', 'memory'])}]],
];
const WEIGHTS = MOVES.reduce((sum, [weight]) => sum + weight, 0);

/** @param {number} seed @param {{shortest?: number, longest?: number}} [length] @returns {Step[]} */
export function sequenceOf(seed, {shortest = 3, longest = 12} = {}) {
  const random = randomOf(seed);
  const count = shortest + random.next(longest - shortest + 1);
  /** @type {Step[]} */
  const steps = random.chance(70) ? [{do: 'call', name: 'build', args: [{$: 'network', name: random.one(Object.keys(NETWORKS))}], wait: true}] : [];
  while (steps.length < count) {
    let at = random.next(WEIGHTS);
    const [, make] = /** @type {(typeof MOVES)[0]} */ (MOVES.find(([weight]) => (at -= weight) < 0));
    steps.push(...make(random));
  }
  return steps;
}

/** Simpler forms of a step, the simplest first, for shrinking. @param {Step} step @returns {Step[]} */
export function simpler(step) {
  /** @type {Step[]} */
  const forms = [];
  for (const field of ['wait', 'signal', 'tab', 'restore', 'button']) {
    if (field in step) {
      const {[field]: _, ...rest} = step;
      forms.push(/** @type {Step} */ (rest));
    }
  }
  if (step.hash) forms.push({...step, hash: ''});
  if (step.count > 1) forms.push({...step, count: Math.floor(step.count / 2)});
  const [options, ...rest] = step.args ?? [];
  if (options && typeof options === 'object' && !Array.isArray(options) && !('$' in options)) {
    for (const field of Object.keys(options)) {
      const {[field]: _, ...others} = options;
      forms.push({...step, args: [others, ...rest]});
    }
  }
  return forms;
}
