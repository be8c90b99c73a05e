// The data set that a link asks for. A large one, and one from elsewhere, is downloaded only if the user agrees.
import {PlaygroundError, megabytes} from '../errors.js';

/**
 * @typedef {import('../data/data_loader.js').Described} Described
 *
 * @param {object} parts
 * @param {import('../data/data_loader.js').Loader} parts.loader
 * @param {Pick<ReturnType<typeof import('../data/data_sources.js').createSources>, 'offer'>} parts.sources
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 */
export function createLinkData({loader, sources, bar}) {
  /**
   * @param {string | Described} wanted
   * @returns {Promise<any>} the data set's description; rejects with `cancelled` if the user does not want it
   */
  return async function load(wanted) {
    const asked = described(wanted);
    if (asked.kind === 'files') {
      throw new PlaygroundError('not_found', `This link was made with its author's own data${asked.name ? ` ("${asked.name.slice(0, 80)}")` : ''}, ` +
          "which a link cannot contain. The network and settings have been applied to the data already loaded; ask the link's author for the data.");
    }
    const {source, unasked, title, bytes} = await sources.offer(asked);
    if (!unasked) {
      const {answer} = bar.ask({
        text: `This link comes with a data set: ${title}, ${bytes ? megabytes(bytes) : 'of unknown size'}. Download it?`,
        choices: {load: 'Download it', later: 'Not now'},
      });
      if ((await answer).choice !== 'load') throw new PlaygroundError('cancelled', "You declined to download the link's data set.");
    }
    return loader.load({source});
  };
}

/** @param {string | Described} wanted @returns {Described} */
function described(wanted) {
  if (typeof wanted !== 'string') return wanted;
  return /^\w+$/.test(wanted) ? {kind: wanted} : {kind: 'url', name: wanted.split('/').at(-1), url: wanted};
}
