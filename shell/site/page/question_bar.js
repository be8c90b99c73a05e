// The bar at the bottom of the page that asks one question at a time: the newest, which a press may have caused; the others come
// back after it. A question from a press in the text version takes the keyboard focus, and gives it back.

/**
 * @typedef {{text: string | (() => string), options?: string[], choices: {[id: string]: string}}} Question
 * text: a function if it depends on when it is shown; options: a list to choose from; choices: the buttons' texts by id, the main one first
 * @typedef {{choice: string | undefined, option: number}} Answer choice: undefined if the question was withdrawn
 * @typedef {ReturnType<typeof createQuestionBar>} QuestionBar
 */

/** @param {HTMLElement} root */
export function createQuestionBar(root) {
  const document = root.ownerDocument;
  /** The newest first. @type {{question: Question, settle: (answer: Answer) => void}[]} */
  const open = [];

  /** @param {string} selector @returns {any} */
  const part = (selector) => root.querySelector(selector);

  /** @param {Question} question @param {(answer: Answer) => void} answer */
  function show({text, options = [], choices}, answer) {
    part('#offer-text').textContent = typeof text === 'function' ? text() : text;
    const list = part('#offer-which');
    list.replaceChildren(...options.map((label) => Object.assign(document.createElement('option'), {textContent: label})));
    list.hidden = options.length === 0;
    part('#offer-choices').replaceChildren(...Object.entries(choices).map(([id, label]) => {
      const button = Object.assign(document.createElement('button'), {id: `offer-${id}`, textContent: label});
      button.addEventListener('click', () => answer({choice: id, option: Math.max(0, list.selectedIndex)}));
      return button;
    }));
  }

  function showNewest() {
    root.hidden = open.length === 0;
    if (open.length > 0) show(open[0].question, open[0].settle);
  }

  return {
    /**
     * @param {Question} question
     * @returns {{answer: Promise<Answer>, withdraw: () => void}}
     */
    ask(question) {
      const from = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest('#plain') && document.activeElement);
      let withdraw = () => {};
      /** @type {Promise<Answer>} */
      const answer = new Promise((resolve) => {
        const own = {question, settle: (/** @type {Answer} */ given) => {
          if (!open.includes(own)) return;
          const shown = open[0] === own;
          open.splice(open.indexOf(own), 1);
          if (shown) showNewest();
          from?.focus();
          resolve(given);
        }};
        withdraw = () => own.settle({choice: undefined, option: 0});
        open.unshift(own);
      });
      showNewest();
      if (from) part('#offer-choices button').focus();
      return {answer, withdraw};
    },
  };
}
