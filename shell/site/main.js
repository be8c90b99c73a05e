// Start-up: finds out what this browser can do and which trainer fits, then starts the app, or the text version without WebGL2.
import {build} from './build_info.js';
import {offerChapters} from './page/chapters_page.js';
import {chooseFiles} from './page/choose_files.js';
import {createLoader} from './data/data_loader.js';
import {createKeptData} from './storage/kept_data.js';
import {titleOf} from './data/data_files.js';
import {createSources} from './data/data_sources.js';
import {wait} from './data/download.js';
import {modelFiles} from './data/model_files.js';
import {isSystemFile} from './data/paths.js';
import {PlaygroundError, withCode} from './errors.js';
import {acceptDrops, kindOf} from './page/drop_target.js';
import {chooseVariant, lacks, probe} from './features.js';
import {keepOffline, prepareIsolation} from './page/isolation.js';
import {createFileWriter, openStorage, usableLocks} from './storage/origin_files.js';
import {createPageRequests} from './page/page_requests.js';
import {startPlainPage} from './page/plain_page.js';
import {createOwnPicture} from './page/own_picture.js';
import {createPlayground} from './playground.js';
import {createStartDisplay} from './page/start_display.js';
import {offerData} from './page/data_offer.js';
import {createGoingOn} from './page/going_on.js';
import {createKeptRuns} from './storage/kept_runs.js';
import {createKeptTraining} from './storage/kept_training.js';
import {createLinkData} from './page/link_data.js';
import {createQuestionBar} from './page/question_bar.js';
import {createReplaceQuestion} from './page/replace_question.js';
import {createTab} from './storage/tab.js';
import {offerTrainings} from './page/training_offer.js';
import {createRestoringTrainer, recoverTrainer} from './page/trainer_recovery.js';
import {ENDS} from './trainer/trainer_client.js';
import {createTrainerService} from './trainer/trainer_service.js';
import {startTrainer} from './trainer/trainer_process.js';
import {TEXT_VERSION, startWorkbench} from './page/workbench.js';
import {watched} from './worker_end.js';

const display = createStartDisplay(document);
const features = probe(window);
const preferred = chooseVariant(features, build.variants);
const missing = lacks(features, build.variants);
display.tell(missing);
if (missing.some(({fatal}) => fatal)) display.stop();
else prepareIsolation({window, version: build.version}).catch(() => {}).then(start).catch((error) => display.fail(error));

async function start() {
  const base = new URL('./', location.href);
  const locks = await usableLocks(navigator.locks);
  const trainer = createTrainerService((onEvent, onEnd, attempt) => {
    // After a failed start, try the variant without threads, which needs less.
    const variant = attempt === 0 ? preferred : chooseVariant({...features, isolated: false}, build.variants);
    return startTrainer({
      createWorker: () => new Worker(new URL('./trainer/worker.js', import.meta.url), {type: 'module', name: 'trainer'}),
      locks,
    }, variant, onEvent, onEnd);
  });
  /** @param {string} file */
  const moduleWorker = (file) => () => watched(new Worker(new URL(file, import.meta.url), {type: 'module', name: file}), locks);
  const {storage} = navigator;
  const writeFiles = createFileWriter({storage, locks, createFileWorker: moduleWorker('./storage/file_worker.js')});
  const keptData = createKeptData({storage, writeFiles, request: trainer.request});
  const sources = createSources({
    network: {fetch: fetch.bind(window), wait}, base, createDataWorker: moduleWorker('./data/data_worker.js'), keptData,
  });
  const loader = createLoader({
    request: trainer.request, emit: trainer.emit, observe: trainer.observe, now: () => performance.now(), find: sources.find,
    keep: keptData.save,
  });
  const restoringTrainer = createRestoringTrainer(trainer);
  const newId = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2);  // randomUUID: only on https and localhost
  const tab = createTab({sessionStorage: () => window.sessionStorage, locks, newId});
  const keptTraining = createKeptTraining({storage, writeFiles, trainer: restoringTrainer, tab, newId, now: Date.now});
  recoverTrainer({trainer: restoringTrainer, loader, keptTraining});
  const ready = makeReady();
  ready.catch(() => {});  // reported below, once the page can show it
  const playground = createPlayground({trainer, loader, ready});
  // All but the playground are for tests and for debugging in the console.
  Object.assign(window, {playground, trainer, keptData, keptTraining});

  async function makeReady() {
    for (let attempts = 3;;) {
      await trainer.hello();
      display.done('trainer');
      try {
        return void await trainer.request('build', {preset: 'tutorial'});
      } catch (error) {
        // Before its first network there is nothing to recover, so the network is built here in the trainer that follows.
        if (!(withCode(error).code in ENDS) || --attempts === 0) throw error;
      }
    }
  }

  const ownPicture = createOwnPicture({window, emit: trainer.emit, chooseFiles: (kind) => chooseFiles(document, kind), tell});
  const bar = createQuestionBar(/** @type {HTMLElement} */ (document.querySelector('#offer')));
  const mayReplace = createReplaceQuestion({trainer, bar});
  /** Loads, opens or recognizes what the user brings. @param {{path: string, file: File}[]} files */
  const openFiles = async (files) => {
    const kind = await kindOf(files);
    if (kind === 'model') return await mayReplace(`Open ${titleOf(modelFiles(files, ({path}) => path))}`) && playground.import(files.map(({file}) => file));
    const [picture] = files.filter(({path}) => !isSystemFile(path));
    if (kind === 'picture') return ownPicture.open(picture.file, picture.path);
    return playground.load({source: files});
  };
  acceptDrops(window, openFiles, tell);

  /** @type {ReturnType<typeof startPlainPage> | undefined} */
  let plain;
  const workbench = features.webgl2 && location.hash !== TEXT_VERSION && await openWorkbench().catch((error) => {
    tell(new PlaygroundError('no_app', `The workbench did not start (${error.message}); this is the text version.`));
  });
  plain = startPlainPage({
    root: /** @type {HTMLElement} */ (document.querySelector('#plain')), playground, besideCanvas: Boolean(workbench), observe: trainer.observe,
    mayReplace,
    openFiles: async () => openFiles((await chooseFiles(document, 'data')).map((file) => ({path: file.name, file}))),
    openInApp: workbench ? workbench.openLink : undefined,
  });
  offerChapters({
    root: /** @type {HTMLElement} */ (document.querySelector('#plain-learn')),
    app: async () => workbench && workbench.module() || (await import(/** @type {string} */ ('./app.js'))).default({noInitialRun: true}),
    setUp: plain.setUp,
  });
  if (!workbench && location.hash.length > 1 && location.hash !== TEXT_VERSION) {
    tell(new PlaygroundError('unsupported', 'The network and the settings of this link are for the drawn workbench, which did not start here; the text version below begins with the tutorial\'s network.'));
  }
  display.done('app');
  await ready;
  display.finish();
  keepOffline(window, preferred.module).catch(() => {});
  openStorage(navigator.storage).then(offerLastTraining).catch(tell);
  await loadAvailableData();

  async function offerLastTraining() {
    const restore = createGoingOn({
      trainer, loader, keptData: keptData.about, offer: sources.offer, restore: keptTraining.restore, fit: () => playground.fit({continue: true}), bar,
      chooseFiles: () => chooseFiles(document, 'data'),
    });
    await keptTraining.tidy();  // before: what is offered stays
    offerTrainings({bar, observe: trainer.observe, offered: keptTraining.offered, restore, forget: keptTraining.forget, tell}).catch(tell);
  }

  async function openWorkbench() {
    const {default: create} = await import(/** @type {string} */ ('./app.js'));
    const pageRequests = createPageRequests({playground, loader, sources: sources.list, loadOfLink: createLinkData({loader, sources, bar}), forget: keptData.forget, picture: ownPicture.picture, keptRuns: createKeptRuns({localStorage: () => window.localStorage, newId, now: Date.now}), showText: () => plain?.open(), window});
    const opened = await startWorkbench({window, create, trainer, pageRequests, tell, onGone: () => plain?.replaceCanvas()});
    Object.defineProperty(window, 'app', {get: opened.module});
    return opened;
  }

  /** So that a first visit trains with one press: the data that is here. What would be a large download is offered. */
  async function loadAvailableData() {
    const here = await sources.list();
    plain?.showSources(here);
    if (loader.asked()) return;  // a script was faster
    const failed = await playground.load({source: here.unasked}).then(() => '', (error) => (tell(error), withCode(error).code));
    if (failed && failed !== 'cancelled' && here.kept) await playground.load({source: 'sample'}).catch(tell);  // what is kept is damaged
    offerData({here, bar, observe: trainer.observe, load: playground.load}).catch(tell);
  }

  /** Reports a failure that no caller awaits. @param {any} error */
  function tell(error) {
    const {code, message} = withCode(error);
    if (code !== 'cancelled') trainer.emit({type: 'failure', args: {code, message}, payloads: []});
  }
}
