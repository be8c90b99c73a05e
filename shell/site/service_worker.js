// Isolates the page, so that it may use threads, if the host sends no headers for that, and keeps it for offline use. Handles GET
// requests to our own origin only. The files of a build are in a folder named by its version and never change.

// Written by shell/build.
const BUILD = {version: 'development', files: ['./']};

const PAGE = './';
const PREFIX = 'page-';
const CACHE = PREFIX + BUILD.version;
const OLD_CACHES_KEPT = 1;  // a tab may still run the version before this one
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
// Every browser needs only one of the trainers; the page sends which one (`keep`).
const isTrainer = (/** @type {string} */ file) => /\/trainer\./.test(file);
// Few need these parts; they are fetched, and then kept, when needed.
const isOptional = (/** @type {string} */ file) => isTrainer(file) || /\/(hyparquet_compressors\.js|notices\.txt)$/.test(file);

const nameOf = (/** @type {string} */ path) => path.slice(path.lastIndexOf('/') + 1);

const scope = /** @type {any} */ (self);
const urlOf = (/** @type {string} */ file) => new URL(file, scope.registration.scope).href;

/** @param {string[]} files */
async function keep(files) {
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(async (file) => {
    if (await cache.match(urlOf(file))) return;
    const response = await fetch(urlOf(file), {cache: 'no-cache'});
    if (response.ok) await cache.put(urlOf(file), response);
    else throw new Error(`${file}: ${response.status}`);
  }));
}

/** The names of the kept versions' caches, oldest first. */
const versions = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

/** The names of the trainers in the caches: this browser will request the same ones. @returns {Promise<Set<string>>} */
async function trainersInUse() {
  const requests = await Promise.all((await versions()).map(async (name) => (await caches.open(name)).keys()));
  return new Set(requests.flat().map(({url}) => url).filter(isTrainer).map(nameOf));
}

async function removeOldCaches() {
  const old = (await versions()).filter((name) => name !== CACHE);
  const tooMany = Math.max(0, old.length - OLD_CACHES_KEPT);
  await Promise.all(old.slice(0, tooMany).map((name) => caches.delete(name)));
}

/** @param {Response} response */
function isolated(response) {
  if (response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const bodiless = [204, 205, 304].includes(response.status);
  return new Response(bodiless ? null : response.body, {status: response.status, statusText: response.statusText, headers});
}

/** The page itself: from the host, which may have a newer one, or offline the newest kept one. @param {Request} request */
async function page(request) {
  try {
    return isolated(await fetch(request));
  } catch (error) {
    for (const name of (await versions()).reverse()) {
      const kept = await (await caches.open(name)).match(urlOf(PAGE));
      if (kept) return isolated(kept);
    }
    throw error;
  }
}

/** @param {Request} request */
async function file(request) {
  const kept = await caches.match(request.url);
  return isolated(kept ?? await fetch(request));
}

// A new worker waits until no tab uses the old one, which can serve the new version's files as well. Taking over earlier is
// unsafe: Chromium loses requests, even for the page itself, when the worker that is answering them is replaced.
scope.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(trainersInUse()
    .then((used) => keep(BUILD.files.filter((file) => file !== PAGE && (!isOptional(file) || used.has(nameOf(file))))))
    .then(() => keep([PAGE])));  // last, so that its presence means the rest is complete
});

scope.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(removeOldCaches());
  // Not awaited: requests wait for the end of this event, and then a page being reloaded in Firefox never finishes.
  scope.clients.claim();
});

scope.addEventListener('message', (/** @type {any} */ event) => {
  const wanted = new Set(event.data?.keep ?? []);
  const files = BUILD.files.filter((file) => isTrainer(file) && wanted.has(nameOf(file)));
  event.waitUntil(keep(files).catch(() => {}));  // requested again at the next visit
});

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin || request.headers.has('range')) return;
  if (new URL(request.url).pathname.startsWith(new URL(urlOf('data/')).pathname)) return;  // kept_data.js keeps the data set, with checksums
  event.respondWith(request.mode === 'navigate' ? page(request) : file(request));
});
