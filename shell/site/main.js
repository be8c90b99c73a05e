// Start-up: what can this browser do, which trainer fits, then the app, or the plain page where WebGL2 is missing.
import {startApp} from './app_host.js';
import {build} from './build_info.js';
import {createLoader} from './data_loader.js';
import {createSources} from './data_sources.js';
import {wait} from './download.js';
import {chooseVariant, lacks, probe} from './features.js';
import {createPageRequests} from './page_requests.js';
import {startPlainPage} from './plain_page.js';
import {createPlayground} from './playground.js';
import {createStartDisplay} from './start_display.js';
import {createTrainerService} from './trainer_service.js';
import {startTrainer} from './trainer_process.js';

const display = createStartDisplay(document);
const features = probe(window);
const missing = lacks(features, build.variants);
display.tell(missing);
if (missing.some(({fatal}) => fatal)) display.stop();
else start().catch((error) => display.fail(error));

async function start() {
  const base = new URL('./', location.href);
  const trainer = createTrainerService((onEvent, onEnd, attempt) => {
    // A trainer that did not start is followed by the simplest one, which needs the least.
    const variant = chooseVariant(features, attempt === 0 ? build.variants : build.variants.slice(-2));
    return startTrainer({
      createWorker: () => new Worker(new URL('./worker.js', import.meta.url), {type: 'module', name: 'trainer'}),
      locks: navigator.locks,
    }, variant, onEvent, onEnd);
  });
  const sources = createSources({network: {fetch: fetch.bind(window), wait}, base});
  const loader = createLoader({request: trainer.request, emit: trainer.emit, now: () => performance.now(), find: sources.find});
  const ready = makeReady();
  const playground = createPlayground({trainer, loader, ready});
  Object.assign(window, {playground});

  async function makeReady() {
    await trainer.hello();
    display.done('trainer');
    await trainer.request('build', {preset: 'tutorial'});
  }

  const plain = !features.webgl2 || location.hash === '#plain';
  if (plain) {
    startPlainPage({root: /** @type {HTMLElement} */ (document.querySelector('#plain')), playground, observe: trainer.observe});
  } else {
    const {default: create} = await import(/** @type {string} */ ('./app.js'));
    const pageRequests = createPageRequests({playground, loader, sources: sources.list, forget: async () => {}, window});
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#canvas'));
    canvas.hidden = false;
    Object.assign(window, {app: await startApp({create, canvas, trainer, pageRequests, mirror: () => {}})});
  }
  display.done('app');
  await ready;
  display.finish();
  await loadWhatIsThere();

  /** A first visit trains within one press: on CIFAR-10 if it is here, else on the sample pictures. */
  async function loadWhatIsThere() {
    const here = await sources.list();
    if (trainer.status().state !== 'empty') return;  // a script was faster
    await playground.load({source: here.beside_page ? 'cifar10' : 'sample'}).catch((error) => {
      if (error.code !== 'cancelled') trainer.emit({type: 'load_progress', args: {source: 'cifar10', done: true, error: error.message}, payloads: []});
    });
  }
}
