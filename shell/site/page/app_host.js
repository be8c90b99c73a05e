// Runs the app (app.wasm) on the page: forwards its requests to the page or the trainer, and passes it replies and events.
import {PlaygroundError, withCode} from '../errors.js';
import {give} from '../trainer/module_messages.js';

/**
 * @typedef {import('../trainer/trainer_client.js').Message} Message
 */

/**
 * @param {object} parts
 * @param {(options: any) => Promise<any>} parts.create the app's module
 * @param {HTMLCanvasElement} parts.canvas
 * @param {import('../trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {{[type: string]: (args: any) => any}} parts.pageRequests
 */
export async function startApp({create, canvas, trainer, pageRequests}) {
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
      return await trainer.request(type, args, {payloads, signal: end.signal});
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
      receive({id, error: {code, message, layer}, args: {}, payloads: []});
    }
  }

  // The app has no use for checkpoints, and copying one costs megabytes.
  trainer.observe((event) => event.type === 'checkpoint' || receive(event));
  const app = await create({canvas, send});
  receive = (message) => give(app, 'app_receive', message);
  early.splice(0).forEach(receive);
  return app;
}

/** Applies a link's text after "#" in the app. @param {any} app the module @param {string} hash */
export function openLink(app, hash) {
  const text = new TextEncoder().encode(`${hash}\0`);
  const at = app._malloc(text.length);
  app.HEAPU8.set(text, at);
  app._app_open_link(at);
  app._free(at);
}
