// The chapters of the Learn tab in plain HTML, for who does not see the canvas. Their text is the app's: it is asked for
// when the section is opened, of an app that need not be drawing.

/**
 * @typedef {{kind: 'words' | 'heading' | 'formula', runs: [string, string][]}} Passage
 * @typedef {{name: string, title: string, lead: string, text: Passage[]}} Chapter
 */

const ELEMENTS = {words: 'p', heading: 'h4', formula: 'p'};

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root a details element, closed
 * @param {() => Promise<any>} parts.app the app's module
 */
export function offerChapters({root, app}) {
  root.addEventListener('toggle', async () => {
    const place = document.createElement('div');
    root.append(place);
    try {
      place.append(...readChapters(await app()).map(article));
    } catch (error) {
      place.textContent = `The chapters could not be loaded (${/** @type {Error} */ (error).message}).`;
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

/** @param {Chapter} chapter @param {number} index */
function article({name, title, lead, text}, index) {
  const element = document.createElement('article');
  element.id = `plain-learn-${name}`;
  element.append(made('h3', `${index + 1}. ${title}`), made('p', lead));
  for (const {kind, runs} of text) {
    const block = document.createElement(ELEMENTS[kind]);
    if (kind === 'formula') block.className = 'formula';
    block.append(...runs.map(([style, words]) => (style ? made(style, words) : words)));
    element.append(block);
  }
  return element;
}

/** @param {string} tag @param {string} text */
function made(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
