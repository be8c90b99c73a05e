// Registers the service worker: for offline use, and for threads if the host's headers do not allow them.

const TRIED = 'isolation tried';
const LONGEST_WAIT_MS = 4000;  // then the page starts with one thread

/**
 * Resolves when the page may start, isolated if possible. May reload the page, once per browser session; never without session
 * storage, because nothing would stop it from reloading forever.
 * @param {object} environment
 * @param {Window & typeof globalThis} environment.window
 * @param {string} environment.version
 * @returns {Promise<void>}
 */
export async function prepareIsolation({window, version}) {
  const container = window.navigator.serviceWorker;
  if (!container || version === 'development') return;
  const registering = container.register(new URL('service_worker.js', window.location.href.replace(/[?#].*/, '')));
  registering.catch(() => {});  // blocked: the page works without it
  if (window.crossOriginIsolated) return;
  const storage = sessionStorageOf(window);
  if (!storage || storage.getItem(TRIED)) return;
  storage.setItem(TRIED, 'yes');
  const controlled = new Promise((resolve) => {
    if (container.controller) resolve(true);
    container.addEventListener('controllerchange', () => resolve(true), {once: true});
    registering.catch(() => resolve(false));
    window.setTimeout(() => resolve(false), LONGEST_WAIT_MS);
  });
  if (!await controlled) return;
  window.location.reload();
  await new Promise(() => {});  // nothing may start in a page that is about to reload
}

/**
 * Tells the service worker which trainer this browser uses. Never resolves if no service worker becomes active.
 * @param {Window} window @param {string} module
 */
export async function keepOffline(window, module) {
  const registration = await window.navigator.serviceWorker?.ready;
  const name = module.replace('./', '');
  registration?.active?.postMessage({keep: [name, name.replace(/js$/, 'wasm'), name.replace(/js$/, 'worker.js')]});
}

/** @param {Window} window */
function sessionStorageOf(window) {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
