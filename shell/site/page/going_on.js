// Continues a stored training: on its own data, otherwise on what the user chooses, never silently on other data.
import {PlaygroundError, megabytes, withCode} from '../errors.js';

/**
 * @typedef {import('../storage/kept_training.js').KeptTraining} KeptTraining
 *
 * @param {object} parts
 * @param {import('../trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {import('../data/data_loader.js').Loader} parts.loader
 * @param {() => Promise<{fingerprint?: string} | null>} parts.keptData the description of the data set kept in the browser
 * @param {ReturnType<typeof import('../data/data_sources.js').createSources>['offer']} parts.offer what loading a source downloads
 * @param {(kept: KeptTraining) => Promise<any>} parts.restore
 * @param {() => Promise<any>} parts.fit continues the training that was restored
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 * @param {() => Promise<File[]>} parts.chooseFiles
 */
export function createGoingOn({trainer, loader, keptData, offer, restore, fit, bar, chooseFiles}) {
  /** The data set in use. @type {any} */
  let data = null;
  let trainers = 0;  // that have ended
  let earlier = 0;  // trainings so far, and requests for another network to trainers that have ended
  trainer.observe(({type, args}) => {
    if (type === 'dataset') data = args;
    if (type === 'run') ++earlier;
    if (type === 'trainer_gone') [data, trainers, earlier] = [null, trainers + 1, earlier + trainer.replacedModels()];
  });
  /** How often the network was replaced or trained; its recovery after the end of a trainer does not count. */
  const changes = () => earlier + trainer.replacedModels();

  /** @param {KeptTraining} kept */
  const inUse = ({version, data: wanted}) => Boolean(data?.train?.count) && (wanted.fingerprint !== null
      ? data.fingerprint === wanted.fingerprint
      // Saved while its data was arriving.
      : version > 1 && JSON.stringify(data.source) === JSON.stringify(wanted.source));

  /** @param {KeptTraining} kept */
  const isKept = async ({data: {fingerprint}}) => fingerprint !== null && (await keptData())?.fingerprint === fingerprint;

  /**
   * The size of the download, as a text, that a training's data takes, if it is so large that the user decides; otherwise empty.
   * @param {KeptTraining} kept
   */
  async function largeDownload(kept) {
    const {source} = kept.data;
    if (source.kind === 'files' || await isKept(kept)) return '';  // loading files of a user's computer says why it cannot
    const {unasked, bytes} = await offer(source);
    return unasked ? '' : bytes ? megabytes(bytes) : 'size unknown';
  }

  /**
   * Loads the data of a training; rejects if the trainer ends.
   * @param {KeptTraining} kept
   * @returns {Promise<string>} why it is not in use; empty if it is
   */
  async function load(kept) {
    const {source, fingerprint} = kept.data;
    const before = trainers;
    try {
      await loader.load({source: await isKept(kept) ? 'kept' : source});
    } catch (error) {
      if (trainers > before) throw error;
      return withCode(error).message;
    }
    if (inUse(kept)) return '';
    return fingerprint === null ? 'The saved training does not say which pictures it used.' : 'The data at that place now has different pictures.';
  }

  /**
   * Asks the user what to do without the data of a training.
   * @param {KeptTraining} kept @param {string} why
   * @param {() => boolean} over whether its data has been loaded in another way, or another network is in use
   * @param {string} [size] of the download that brings its data
   * @returns {Promise<boolean>} whether to continue the training
   */
  async function decide(kept, why, over, size) {
    /** @type {{[id: string]: string}} */
    const other = data?.train?.count ? {continue: `Continue on ${data.label}`} : {};
    const question = bar.ask({
      text: `The saved training was made on ${kept.data.label}. ${why} Load its data${other.continue ? ', or continue on other data, which changes the result' : ''}.`,
      choices: {...size && {download: `Download it (${size})`}, load: 'Choose its files', ...other, later: 'Not now'},
    });
    const stop = trainer.observe(({type}) => (type === 'dataset' || type === 'run') && over() && question.withdraw());
    const {choice} = await question.answer;
    stop();
    if (choice === 'later') return false;
    if (choice === 'continue' || over()) return true;
    if (choice === 'download') {
      const failed = await load(kept);
      return !failed || over() || decide(kept, failed, over);
    }
    const {limit, labels} = kept.data.source;
    /** @type {string} */
    const still = await chooseFiles().then((files) => loader.load({source: files, limit, labels}))
        .then(() => 'The chosen files have different pictures.', (error) => withCode(error).message);
    return over() || decide(kept, still, over);
  }

  /** @param {KeptTraining | Promise<KeptTraining>} chosen */
  return async function goOn(chosen) {
    const before = changes();
    const kept = await chosen;
    const changed = () => changes() !== before;
    await loader.settled();
    if (!changed() && !inUse(kept)) {
      const over = () => inUse(kept) || changed();
      const size = await largeDownload(kept);
      const why = over() ? '' : size ? 'Its data is not kept in this browser.' : await load(kept);
      if (why && !changed() && !await decide(kept, why, over, size)) return;
    }
    if (changed()) {
      throw new PlaygroundError('busy', 'Another network was built, opened or trained in the meantime, so the saved training was not restored.');
    }
    await restore(kept);
    if (kept.epoch < kept.epochs) await fit();
  };
}
