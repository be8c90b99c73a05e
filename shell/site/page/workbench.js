// The workbench on the page: the app on its canvas. When the app fails it is restarted on a new canvas, and a message reports that;
// when it fails repeatedly, the text version replaces it. The trainer is not affected. In a hidden tab the workbench starts when the
// tab is shown: until then there is nothing to draw.
import {PlaygroundError} from '../errors.js';
import {startApp} from './app_host.js';

/** The address of the page without the workbench. */
export const TEXT_VERSION = '#plain';
const RESTARTS = 3;  // in a row
const IN_A_ROW_MS = 60_000;  // an app that has worked for longer had another fault

/**
 * @param {object} parts
 * @param {Window & typeof globalThis} parts.window
 * @param {(options: any) => Promise<any>} parts.create the app's module
 * @param {import('../trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {{[type: string]: (args: any) => any}} parts.pageRequests
 * @param {(error: any) => void} parts.tell
 * @param {() => void} parts.onGone there is no workbench any more
 */
export async function startWorkbench({window, create, trainer, pageRequests, tell, onGone}) {
  const {document, performance} = window;
  let canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#canvas'));
  /** @type {import('./app_host.js').App | undefined} */
  let app;
  let startedAt = 0;
  let restarts = 0;

  /** @param {string} hash */
  async function start(hash) {
    canvas.hidden = false;  // the app measures it
    app = await startApp({create, canvas, hash, window, trainer, pageRequests, tell, onEnd});
    startedAt = performance.now();
  }

  /** @param {any} error */
  function onEnd(error) {
    app = undefined;
    pageRequests.picture({from: 'nothing'}).catch(tell);  // the camera was on for the app only
    if (performance.now() - startedAt > IN_A_ROW_MS) restarts = 0;
    // After the frame that the failed instance may have requested.
    window.requestAnimationFrame(() => window.setTimeout(() => restart(error)));
  }

  /** @param {any} error */
  async function restart(error) {
    const cause = String(error?.message ?? error);
    if (++restarts > RESTARTS) {
      canvas.hidden = true;
      onGone();
      tell(new PlaygroundError('no_app', `The workbench failed repeatedly (${cause}); this is the text version. Network, training and data are untouched.`));
      return;
    }
    canvas = replaced(canvas);
    try {
      await start('');  // the link in the address was applied at the first start, and would replace the network
    } catch (again) {
      return restart(again);
    }
    tell(new PlaygroundError('app_gone', `The workbench failed (${cause}) and was restarted. Network, training and data are untouched; ` +
        'the curves of earlier runs and anything typed here are lost.'));
  }

  try {
    await start(window.location.hash);
  } catch (error) {
    canvas.hidden = true;
    throw error;
  }
  // Also when the user goes back and forth between links; the page's own links replace the address without this event.
  window.addEventListener('hashchange', () => {
    const {hash} = window.location;
    if (hash.length > 1 && hash !== TEXT_VERSION) app?.openLink(hash, false);
  });
  return {
    /** The app's module; undefined while there is none. */
    module: () => app?.module,
    /** Applies a link; trained weights may be replaced. @param {string} hash */
    openLink: (hash) => app?.openLink(hash, true),
  };
}

/** A new canvas in the place of another, whose WebGL context is released. @param {HTMLCanvasElement} canvas */
function replaced(canvas) {
  const fresh = /** @type {HTMLCanvasElement} */ (canvas.cloneNode(false));
  const focused = canvas.ownerDocument.activeElement === canvas;
  canvas.replaceWith(fresh);
  canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  if (focused) fresh.focus();
  return fresh;
}
