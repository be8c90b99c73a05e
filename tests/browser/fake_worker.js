/** A worker that records what it is sent, and posts what the test tells it to. */
export class FakeWorker extends EventTarget {
  /** @type {any[]} */
  sent = [];
  ended = false;
  /** @param {any} message @param {Transferable[]} [transfer] */
  postMessage(message, transfer = []) {
    this.sent.push(structuredClone(message, {transfer}));
  }
  terminate() {
    this.ended = true;
  }
  /** @param {any} data */
  say(data) {
    this.dispatchEvent(new MessageEvent('message', {data}));
  }
}
