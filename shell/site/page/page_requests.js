// The app's requests to the page itself (page_requests in web/protocol.json): files, links, storage, downloads.
import {chooseFiles} from './choose_files.js';
import {fetchModel} from './own_models.js';
import {writeZip} from './zip_writer.js';

/** @typedef {import('../protocol.js').PageRequests} Requests */

/**
 * @param {object} parts
 * @param {import('../playground.js').Playground} parts.playground
 * @param {import('../data/data_loader.js').Loader} parts.loader
 * @param {() => Promise<any>} parts.sources
 * @param {(source: any) => Promise<any>} parts.loadOfLink
 * @param {() => Promise<void>} parts.forget
 * @param {(args: any) => Promise<any>} parts.picture
 * @param {import('../storage/kept_runs.js').KeptRuns} parts.keptRuns
 * @param {() => void} parts.showText
 * @param {Window & typeof globalThis} parts.window
 * @returns {{[T in keyof Requests]: (args: Requests[T]) => Promise<any> | any}}
 */
export function createPageRequests({playground, loader, sources, loadOfLink, forget, picture, keptRuns, showText, window}) {
  const {document} = window;

  /** @param {string} name @param {BlobPart} content */
  function save(name, content) {
    const link = document.createElement('a');
    link.download = name;
    link.href = URL.createObjectURL(new Blob([content]));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);  // the browser reads it some time after the click
  }

  return {
    load: ({of_link: ofLink, ...args}) => (ofLink ? loadOfLink(args.source) : playground.load(/** @type {any} */ (args))),
    load_cancel: () => loader.cancel(),
    sources,
    forget,
    picture,
    async choose_files({kind}) {
      const files = await chooseFiles(document, kind);
      if (kind !== 'model' && kind !== 'weights') return playground.load({source: files});
      await playground.stop();  // the app has asked; a training may have begun since
      return playground.import(files, kind === 'weights' ? {into: 'model'} : undefined);
    },
    async download({format, fit}) {
      const {files} = await playground.export(format, {fit});
      const all = Object.entries(files);
      if (all.length > 1) save(`${format}.zip`, writeZip(all));
      else for (const [name, content] of all) save(name, content);
      return {files: Object.keys(files)};
    },
    load_model: async ({name}) => playground.import(await fetchModel({fetch: window.fetch.bind(window), base: window.location.href}, name)),
    kept_runs: () => ({runs: keptRuns.list()}),
    keep_run: ({key, run}) => ({key: keptRuns.keep(key, run)}),
    forget_run: ({key}) => keptRuns.forget(key),
    show_text: showText,
    save_text: ({name, text}) => save(name, text),
    share({hash}) {
      const url = new URL(window.location.href);
      url.hash = hash;
      window.history.replaceState(null, '', url);
      window.navigator.clipboard?.writeText(url.href).catch(() => {});  // refused: the address bar has the link anyway
      return {url: url.href};
    },
    show_notices: () => void window.open(new URL('../notices.txt', import.meta.url), '_blank', 'noopener'),
  };
}
