// Shown before the app draws: the progress of the start, or the reasons why the playground cannot start.

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
    /** Nothing can train here: keeps the sentences, hides the progress. */
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
