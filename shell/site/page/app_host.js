// Runs an instance of the app (app.wasm) on the page: forwards its requests to the page or the trainer, passes it replies and
// events, and detects its end.
import {PlaygroundError, withCode} from '../errors.js';
import {give} from '../trainer/module_messages.js';

/**
 * @typedef {import('../trainer/trainer_client.js').Message} Message
 * @typedef {{module: any, openLink: (hash: string, answered: boolean) => void}} App
 */

/**
 * @param {object} parts
 * @param {(options: any) => Promise<any>} parts.create the app's module
 * @param {HTMLCanvasElement} parts.canvas
 * @param {string} parts.hash of the link to begin with, or empty
 * @param {EventTarget} parts.window
 * @param {import('../trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {{[type: string]: (args: any) => any}} parts.pageRequests
 * @param {(error: any) => void} parts.tell reports a failure that no caller awaits
 * @param {(error: any) => void} parts.onEnd called once, if the app fails after its start: an abort, a trap, an error in its code.
 *   Its state is undefined then; it gets no event and no message any more
 * @returns {Promise<App>} rejects if the app fails before it has started
 */
export async function startApp({create, canvas, hash, window, trainer, pageRequests, tell, onEnd}) {
  /** @type {Message[]} what arrived before the module was loaded */
  const early = [];
  /** @type {(message: Message) => void} */
  let receive = (message) => void early.push(message);

  /** @type {Map<number | undefined, AbortController>} running requests to the trainer, by the app's ids */
  const running = new Map();

  /** @param {Message} request */
  async function perform({id, type = '', args, payloads}) {
    if (pageRequests[type]) return {args: await pageRequests[type](args) ?? {}, payloads: []};
    if (type === 'cancel') {
      running.get(args.id)?.abort(new PlaygroundError('cancelled', 'The call was canceled.'));
      return {args: {}, payloads: []};
    }
    const end = new AbortController();
    running.set(id, end);
    try {
      return await trainer.request(/** @type {any} */ (type), args, {payloads, signal: end.signal});
    } finally {
      running.delete(id);
    }
  }

  /** @param {Message} request */
  async function send(request) {
    const {id} = request;
    try {
      const {args, payloads} = await perform(request);
      receive({id, args, payloads});
    } catch (error) {
      const {code, message, layer} = withCode(error);
      // The app that would have shown this error is gone, but its training or load continues, so report it here. Errors of its queries
      // are ignored, and the end of the trainer is an event of its own.
      if (over && (request.type === 'fit' || pageRequests[request.type ?? '']) && !ENDS_OF_THE_TRAINER.has(code)) tell(error);
      receive({id, error: {code, message, layer}, args: {}, payloads: []});
    }
  }

  const options = {canvas, send, hash, onAbort: (/** @type {any} */ reason) => end(new Error(reason ? String(reason) : 'its code gave up'))};
  /** @type {(error: any) => void} */
  let failStart = () => {};
  let started = false;
  let over = false;

  /** @param {any} error */
  function end(error) {
    if (over) return;
    over = true;
    receive = () => {};
    unobserve();
    for (const type of ERRORS) window.removeEventListener(type, onError);
    try {
      /** @type {any} */ (options)._app_stop?.();
    } catch {}  // its memory is damaged; by then its listeners are gone
    if (started) onEnd(error);
    else failStart(error);
  }

  /** The browser calls frames and input handlers, so their errors arrive here. @param {any} event */
  function onError({error, reason}) {
    if (isOfApp(error ?? reason)) end(error ?? reason);
  }

  /** @template T @param {() => T} call of the module */
  function enter(call) {
    try {
      return call();
    } catch (error) {
      end(error);  // also if it has no memory for a message: the next instance has
    }
  }

  for (const type of ERRORS) window.addEventListener(type, onError);
  // The app has no use for checkpoints, and copying one costs megabytes.
  const unobserve = trainer.observe((event) => event.type === 'checkpoint' || receive(event));
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => { failStart = reject; });
  const module = await Promise.race([create(options).then(whole), failed]).catch((error) => {
    end(error);
    throw error;
  });
  receive = (message) => enter(() => give(module, 'app_receive', message));
  early.splice(0).forEach((message) => receive(message));
  if (over) return failed;
  started = true;
  return {
    module,
    /** Applies a link's text after "#". @param {string} hash @param {boolean} answered whether trained weights may be replaced */
    openLink(hash, answered) {
      const text = new TextEncoder().encode(`${hash}\0`);
      enter(() => {
        const at = module._malloc(text.length);
        module.HEAPU8.set(text, at);
        module._app_open_link(at, answered);
        module._free(at);
      });
    },
  };
}

/** Checks that main() has finished: Emscripten resolves the module's promise earlier and swallows main()'s errors. @param {any} module */
function whole(module) {
  if (!module.started) throw new Error('its start did not finish');
  return module;
}

const ENDS_OF_THE_TRAINER = new Set(['worker_gone', 'out_of_memory']);
const ERRORS = ['error', 'unhandledrejection'];

/**
 * Whether an error that nobody caught came out of the app's WebAssembly, which leaves it in an undefined state. The page runs no
 * other. An error of JavaScript alone, such as in a timer of app.js, leaves the app as it is.
 * @param {any} error
 */
const isOfApp = (error) => error instanceof WebAssembly.RuntimeError || /wasm:\/\/|wasm-function|\.wasm\b/.test(error?.stack ?? '');
