// Runs the app (app.wasm) on the page: hands its requests to whoever does them, and gives it replies and events.
import {withCode} from './errors.js';
import {give} from './module_messages.js';

/**
 * @typedef {import('./trainer_client.js').Message} Message
 */

/**
 * @param {object} parts
 * @param {(options: any) => Promise<any>} parts.create the app's module
 * @param {HTMLCanvasElement} parts.canvas
 * @param {import('./trainer_service.js').TrainerService} parts.trainer
 * @param {{[type: string]: (args: any) => any}} parts.pageRequests
 */
export async function startApp({create, canvas, trainer, pageRequests}) {
  /** @type {Message[]} what came before the module was there */
  const early = [];
  /** @type {(message: Message) => void} */
  let receive = (message) => void early.push(message);

  /** @param {Message} request */
  async function send({id, type = '', args, payloads}) {
    try {
      const reply = pageRequests[type] ? {args: await pageRequests[type](args) ?? {}, payloads: []}
                                       : await trainer.request(type, args, {payloads});
      receive({id, args: reply.args, payloads: reply.payloads});
    } catch (error) {
      const {code, message, layer} = withCode(error);
      receive({id, error: {code, message, layer}, args: {}, payloads: []});
    }
  }

  // A checkpoint is for keeping; the app would only copy its megabytes.
  trainer.observe((event) => event.type === 'checkpoint' || receive(event));
  const app = await create({canvas, send});
  receive = (message) => give(app, 'app_receive', message);
  early.splice(0).forEach(receive);
  return app;
}
