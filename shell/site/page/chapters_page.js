// The chapters of the Learn tab in plain HTML, for visitors who do not see the canvas. Text and experiments come from the app's
// module when the section is opened; the app need not be drawing.

/**
 * @typedef {{kind: 'words' | 'heading' | 'formula' | 'row', cells: [string, string][][]}} Passage
 * @typedef {{name: string, label: string, help: string, hash: string, preset?: string, config?: any, fit: any}} Experiment
 * @typedef {{name: string, title: string, lead: string, text: Passage[], experiments: Experiment[]}} Chapter
 */

const ELEMENTS = {words: 'p', heading: 'h4', formula: 'p', row: 'tr'};

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root a details element, closed
 * @param {() => Promise<any>} parts.app the app's module
 * @param {(experiment: Experiment) => void} parts.setUp
 */
export function offerChapters({root, app, setUp}) {
  root.addEventListener('toggle', async () => {
    const place = document.createElement('div');
    root.append(place);
    try {
      place.append(...readChapters(await app()).map((chapter, index) => article(chapter, index, setUp)));
    } catch (error) {
      place.textContent = `The chapters could not be loaded (${/** @type {Error} */ (error).message}); reload the page to try again.`;
    }
  }, {once: true});
}

/** @param {any} module @returns {Chapter[]} */
function readChapters(module) {
  const text = module._app_chapters();
  const heap = module.HEAPU8;
  const json = new TextDecoder().decode(heap.slice(text, heap.indexOf(0, text)));
  module._free(text);
  return JSON.parse(json);
}

/** @param {Chapter} chapter @param {number} index @param {(experiment: Experiment) => void} setUp */
function article({name, title, lead, text, experiments}, index, setUp) {
  const element = document.createElement('article');
  element.id = `plain-learn-${name}`;
  element.append(made('h3', `${index + 1}. ${title}`), made('p', lead));
  for (const {kind, cells} of text) {
    const block = document.createElement(ELEMENTS[kind]);
    if (kind === 'formula') block.className = 'formula';
    if (kind === 'row') {
      block.append(...cells.map((runs) => filled(document.createElement('td'), runs)));
      tableAtTheEnd(element).append(block);
    } else {
      element.append(filled(block, cells[0]));
    }
  }
  if (experiments.length) element.append(made('h4', 'Try it'));
  for (const experiment of experiments) {
    const button = made('button', experiment.label);
    button.id = `plain-experiment-${experiment.name}`;
    button.setAttribute('type', 'button');
    button.addEventListener('click', () => setUp(experiment));
    const help = made('span', ` ${experiment.help}`);
    help.id = `${button.id}-help`;
    button.setAttribute('aria-describedby', help.id);
    const line = document.createElement('p');
    line.append(button, help);
    element.append(line);
  }
  return element;
}

/** @param {HTMLElement} block @param {[string, string][]} runs */
function filled(block, runs) {
  block.append(...runs.map(([style, words]) => (style ? made(style, words) : words)));
  return block;
}

/** The table for a row: the article's last element if that is a table, or else a new one. @param {HTMLElement} article */
function tableAtTheEnd(article) {
  const last = article.lastElementChild;
  if (last?.tagName === 'TABLE') return last;
  const table = document.createElement('table');
  article.append(table);
  return table;
}

/** @param {string} tag @param {string} text */
function made(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
