// The scripting interface, for the browser's console, for teachers' pages and for tests (web/protocol.json has the requests).
import {PlaygroundError, named, withCode} from './errors.js';
import {modelFiles} from './data/model_files.js';
import {readZip} from './data/zip_reader.js';

const PICTURE_BYTES = 32 * 32 * 3;
/** @typedef {ReturnType<typeof createPlayground>} Playground */

const SCRIPT_EVENTS = new Set(['step', 'epoch', 'state']);

/**
 * @param {object} parts
 * @param {import('./trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {import('./data/data_loader.js').Loader} parts.loader
 * @param {Promise<void>} parts.ready
 */
export function createPlayground({trainer, loader, ready}) {
  const events = new EventTarget();
  trainer.observe(({type, args}) => {
    if (type && SCRIPT_EVENTS.has(type)) events.dispatchEvent(new CustomEvent(type, {detail: args}));
  });

  /**
   * A call to the trainer once it is ready. Every failure is an error with a code.
   * @template {keyof import('./protocol.js').Requests} T
   * @param {T} type
   * @param {import('./protocol.js').Requests[T]} [args]
   * @param {import('./trainer/trainer_client.js').CallOptions} [options]
   * @returns {Promise<{args: import('./protocol.js').Replies[T], payloads: ArrayBuffer[]}>}
   */
  async function ask(type, args = /** @type {any} */ ({}), options = {}) {
    try {
      await ready;
      return await trainer.request(type, args, options);
    } catch (error) {
      throw withCode(error, options.signal);
    }
  }

  return Object.freeze({
    ready,
    /** @param {import('./data/data_loader.js').LoadOptions} [options] */
    async load(options) {
      const given = optionsOf('load', options);
      await ready;
      return loader.load(given);
    },
    /** @param {string | object} config a preset's name, or a Keras configuration */
    async build(config) {
      return (await ask('build', typeof config === 'string' ? {preset: config} : {config})).args;
    },
    async summary() {
      return (await ask('summary')).args;
    },
    /**
     * @param {{signal?: AbortSignal, [field: string]: any}} [given]
     * @returns {Promise<any[]>} the history, one row per epoch
     */
    async fit(given) {
      const {signal, ...options} = optionsOf('fit', given);
      return (await ask('fit', options, {signal})).args.history;
    },
    pause: async () => void await ask('pause'),
    resume: async () => void await ask('resume'),
    step: async () => void await ask('step'),
    stop: async () => void await ask('stop'),
    status: trainer.status,
    /** @param {{split?: 'train' | 'test', signal?: AbortSignal}} [given] */
    async evaluate(given) {
      const {signal, ...options} = optionsOf('evaluate', given);
      return (await ask('evaluate', options, {signal})).args;
    },
    /**
     * @param {Uint8Array | Uint8ClampedArray} pixels [n, 32, 32, 3]
     * @returns {Promise<Float32Array>} [n, classes]
     */
    async predict(pixels) {
      if (!(pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray)) {
        throw new PlaygroundError('bad_argument', 'predict: expected pixels as Uint8Array [n, 32, 32, 3].');
      }
      if (pixels.length === 0 || pixels.length % PICTURE_BYTES !== 0) {
        throw new PlaygroundError('bad_argument',
            `predict: pixels has ${pixels.length} bytes; expected a multiple of 32 x 32 x 3 = ${PICTURE_BYTES}, the size of one picture.`);
      }
      const {payloads} = await ask('predict', {}, {payloads: [Uint8Array.from(pixels).buffer]});
      return new Float32Array(payloads[0]);
    },
    /**
     * Looks inside the network: feature maps, filters, Grad-CAM and the other kinds in web/protocol.json.
     * @param {{what?: import('./protocol.js').Requests['inspect']['what'], layer?: string | number,
     *          image?: {split: 'train' | 'test', index: number} | Uint8Array | Uint8ClampedArray,
     *          signal?: AbortSignal, [argument: string]: any}} [given]
     * @returns {Promise<{what: string, arrays: {[name: string]: {shape: number[], data: Float32Array | Uint8Array}}, [answer: string]: any}>}
     */
    async inspect(given) {
      const {signal, image, ...question} = optionsOf('inspect', given);
      const own = image instanceof Uint8Array || image instanceof Uint8ClampedArray;
      const {args, payloads} = await ask('inspect', own ? question : {...question, image},
          {signal, payloads: own ? [Uint8Array.from(image).buffer] : []});
      return {...args, arrays: namedArrays(args.arrays ?? [], payloads)};
    },
    /**
     * @param {string} format
     * @param {{fit?: {[field: string]: any}}} [given] fit: what a program of the format pytorch or keras trains with
     */
    async export(format, given) {
      const {fit} = /** @type {{fit?: {[field: string]: any}}} */ (optionsOf('export', /** @type {any} */ (given)));
      const {args, payloads} = await ask('export', {format, ...(fit && {fit})});
      return {files: Object.fromEntries(args.files.map((/** @type {string} */ name, /** @type {number} */ i) => [name, payloads[i]]))};
    },
    /**
     * @param {File[] | {[name: string]: ArrayBuffer | ArrayBufferView}} files
     * @param {{into?: 'model'}} [given] into: only the weights, for the current network
     */
    async import(files, given) {
      const {into} = /** @type {{into?: 'model'}} */ (optionsOf('import', /** @type {any} */ (given)));
      const own = modelFiles(await unpacked(await readFiles(files)), ({name}) => name);
      return (await ask('import', {into, files: own.map(({name}) => name)}, {payloads: own.map(({bytes}) => bytes)})).args;
    },
    /** @param {'0..1' | '0..255'} range the pixels that the model's first layer takes */
    async inputRange(range) {
      return (await ask('input_range', {range})).args;
    },
    /** @type {EventTarget['addEventListener']} */
    addEventListener: events.addEventListener.bind(events),
    /** @type {EventTarget['removeEventListener']} */
    removeEventListener: events.removeEventListener.bind(events),
  });
}

/**
 * The options of a call, which may be left out. Anything but an object would be ignored: load('sample') would load CIFAR-10.
 * @template {{signal?: AbortSignal}} Options @param {string} call @param {Options | undefined} options @returns {Options}
 */
function optionsOf(call, options) {
  if (options === undefined) return /** @type {Options} */ ({});
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new PlaygroundError('bad_argument', `${call}: expected an object of options, such as ${EXAMPLES[call]}, not ${named(options)}.`);
  }
  const {signal} = options;
  const other = FIELDS[call] && Object.keys(options).find((field) => !FIELDS[call].includes(field));
  if (other !== undefined) throw new PlaygroundError('bad_argument', `${call}: "${other}" is not one of its options; expected ${FIELDS[call].join(', ')}.`);
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return options;  // a frame's AbortSignal is another class
  throw new PlaygroundError('bad_argument', `${call}: signal is ${named(signal)}; expected an AbortSignal.`);
}

/** @type {{[call: string]: string}} */
const EXAMPLES = {load: "{source: 'sample'}", fit: '{epochs: 3}', evaluate: "{split: 'test'}", inspect: "{what: 'maps'}", import: "{into: 'model'}"};

/** Of calls whose options do not go to the trainer, which knows its own. @type {{[call: string]: string[]}} */
const FIELDS = {load: ['source', 'url', 'limit', 'labels', 'seed', 'signal'], import: ['into']};

/**
 * @param {{name: string, type: string, shape: number[]}[]} descriptions
 * @param {ArrayBuffer[]} payloads one each
 */
function namedArrays(descriptions, payloads) {
  return Object.fromEntries(descriptions.map(({name, type, shape}, i) =>
    [name, {shape, data: type === 'uint8' ? new Uint8Array(payloads[i]) : new Float32Array(payloads[i])}]));
}

/**
 * A model of several files may come as one zip file.
 * @param {{name: string, bytes: ArrayBuffer}[]} files
 * @returns {Promise<{name: string, bytes: ArrayBuffer}[]>}
 */
async function unpacked(files) {
  if (files.length !== 1 || !files[0].name.endsWith('.zip')) return files;
  const [{name, bytes}] = files;
  const entries = modelFiles(await readZip(new Blob([bytes]), name), ({path}) => path);
  return Promise.all(entries.map(async ({path, read}) => ({name: path, bytes: await (await read()).arrayBuffer()})));
}

/**
 * Copies, because payloads are transferred to the worker and the caller keeps its own.
 * @param {any} files
 * @returns {Promise<{name: string, bytes: ArrayBuffer}[]>}
 */
async function readFiles(files) {
  if (files === null || typeof files !== 'object') {
    throw new PlaygroundError('bad_argument', 'import: expected files, as File[] or {name: ArrayBuffer}.');
  }
  const list = typeof files[Symbol.iterator] === 'function' ? [...files].map((file, i) => [file?.name ?? `file ${i + 1}`, file])
                                                            : Object.entries(files.files ?? files);
  return Promise.all(list.map(async ([name, content]) => {
    if (content instanceof Blob) return {name, bytes: await content.arrayBuffer()};
    if (content instanceof ArrayBuffer) return {name, bytes: content.slice(0)};
    if (ArrayBuffer.isView(content)) {
      return {name, bytes: Uint8Array.from(new Uint8Array(content.buffer, content.byteOffset, content.byteLength)).buffer};
    }
    throw new PlaygroundError('bad_argument', `import: ${name} is not a File, ArrayBuffer or typed array.`);
  }));
}
