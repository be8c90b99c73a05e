// The bar at the bottom of the page that asks one question at a time; the others wait. A question that comes from a press in the
// text version takes the keyboard focus, and gives it back.

/**
 * @typedef {{text: string, options?: string[], choices: {[id: string]: string}}} Question
 * options: a list to choose from; choices: the buttons' texts by id, the main one first
 * @typedef {{choice: string | undefined, option: number}} Answer choice: undefined if the question was withdrawn
 * @typedef {ReturnType<typeof createQuestionBar>} QuestionBar
 */

/** @param {HTMLElement} root */
export function createQuestionBar(root) {
  const document = root.ownerDocument;
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();

  /** @param {string} selector @returns {any} */
  const part = (selector) => root.querySelector(selector);

  /** @param {Question} question @param {(answer: Answer) => void} answer */
  function show({text, options = [], choices}, answer) {
    part('#offer-text').textContent = text;
    const list = part('#offer-which');
    list.replaceChildren(...options.map((label) => Object.assign(document.createElement('option'), {textContent: label})));
    list.hidden = options.length === 0;
    part('#offer-choices').replaceChildren(...Object.entries(choices).map(([id, label]) => {
      const button = Object.assign(document.createElement('button'), {id: `offer-${id}`, textContent: label});
      button.addEventListener('click', () => answer({choice: id, option: Math.max(0, list.selectedIndex)}));
      return button;
    }));
    root.hidden = false;
  }

  return {
    /**
     * @param {Question} question
     * @returns {{answer: Promise<Answer>, withdraw: () => void}}
     */
    ask(question) {
      /** @type {(answer: Answer) => void} */
      let settle = () => {};
      let open = true;
      /** @type {Promise<Answer>} */
      const answer = new Promise((resolve) => {
        settle = (given) => {
          open = false;
          resolve(given);
        };
      });
      last = last.then(async () => {
        if (!open) return;
        const from = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest('#plain') && document.activeElement);
        show(question, settle);
        if (from) part('#offer-choices button').focus();
        await answer;
        root.hidden = true;
        from?.focus();
      });
      return {answer, withdraw: () => settle({choice: undefined, option: 0})};
    },
  };
}
