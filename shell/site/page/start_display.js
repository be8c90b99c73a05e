// What is seen before the app draws: how far the start is, or in plain sentences why there is none.

/** @param {Document} document */
export function createStartDisplay(document) {
  /** @param {string} selector @returns {any} */
  const part = (selector) => document.querySelector(selector);
  const waiting = new Set(['trainer', 'app']);
  const steps = waiting.size;

  return {
    /** @param {{text: string}[]} missing */
    tell(missing) {
      const list = part('#lacks');
      list.replaceChildren(...missing.map(({text}) => {
        const item = document.createElement('p');
        item.textContent = text;
        return item;
      }));
    },
    /** @param {string} what */
    done(what) {
      waiting.delete(what);
      part('#start progress').value = (steps - waiting.size + 1) / (steps + 1);
    },
    finish() {
      part('#start').hidden = true;
    },
    /** Nothing can train here: the sentences stay, the progress goes. */
    stop() {
      part('#start progress').hidden = true;
      part('#start-text').textContent = 'The playground cannot run here.';
    },
    /** @param {any} error */
    fail(error) {
      this.stop();
      this.tell([{text: String(error?.message ?? error)}]);
    },
  };
}
