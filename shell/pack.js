// Assembles the site from the built files: node shell/pack.js [--data PATH]. Called by ./shell/build.
//
//   dist/index.html, and the few files that must be beside it
//   dist/<hash of the contents>/   everything else: browsers may cache it forever, and two versions never mix, even if a
//                                  new one is copied over an old one that is open in a browser
//   dist/models/                   this project's models, which the page fetches on request
//   dist/data/                     the data set, or only a manifest with an empty list
import {createHash} from 'node:crypto';
import {cp, mkdir, readFile, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, dirname, join, relative} from 'node:path';

const SITE = 'shell/site';
const TARGET = 'dist';
// These stay outside the hashed folder: the page itself, and the files that define its scope for a browser.
const BESIDE_PAGE = ['index.html', 'manifest.webmanifest', 'service_worker.js'];
// A build's folder and its variant's name, best first. The page uses the first one that the browser can run.
const VARIANTS = [
  ['wasm-relaxed', 'relaxed-threads'], ['wasm-simd-threads', 'simd-threads'], ['wasm-simd', 'simd'], ['wasm-scalar', 'scalar'],
];
const APP_PRESET = 'wasm-scalar';  // the app needs no SIMD, so it runs in browsers without it

/** Paths of the files in a folder that match. @param {string} folder @param {RegExp} wanted */
async function filesOf(folder, wanted) {
  const names = await readdir(folder).catch(() => /** @type {string[]} */ ([]));
  return names.filter((name) => wanted.test(name)).sort().map((name) => join(folder, name));
}

/** The files of the site, as a map from their path in it to their present path, and the trainer variants among them. */
async function collect() {
  /** @type {Map<string, string>} */
  const files = new Map();
  const folders = (await readdir(SITE, {withFileTypes: true})).filter((entry) => entry.isDirectory()).map(({name}) => name);
  for (const folder of ['', ...folders.sort()]) {
    for (const path of await filesOf(join(SITE, folder), /\.(css|html|ico|js|json|png|svg|webmanifest)$/)) {
      files.set(relative(SITE, path), path);
    }
  }
  for (const path of await filesOf(`build/${APP_PRESET}/web`, /^app\.(js|wasm)$/)) files.set(basename(path), path);
  const variants = [];
  for (const [preset, variant] of VARIANTS) {
    const built = await filesOf(`build/${preset}/web`, new RegExp(`^trainer\\.${variant}\\.(js|wasm|worker\\.js)$`));
    if (built.length) variants.push(variant);
    for (const path of built) files.set(`trainer/${basename(path)}`, path);  // beside worker.js, which loads them
  }
  return {files, variants};
}

/** The licenses of all parts of the site, as one text. */
async function notices() {
  const licenses = [
    ['CNN playground', ['LICENSE']],
    ['Dear ImGui', ['.cache/imgui/LICENSE.txt', `build/${APP_PRESET}/_deps/imgui-src/LICENSE.txt`]],
    ['The font', ['.cache/fonts/LICENSE.txt']],
    ['hyparquet', [`${SITE}/data/hyparquet.LICENSE.txt`]],
    ['hyparquet-compressors, with hysnappy and fzstd', [`${SITE}/data/hyparquet_compressors.LICENSE.txt`]],
    ['The compiler\'s runtime', ['shell/notices/emscripten.txt']],
  ];
  const texts = [];
  for (const [what, paths] of /** @type {[string, string[]][]} */ (licenses)) {
    const found = (await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))).find(Boolean);
    if (!found) console.warn(`notices.txt lacks the license of ${what}: expected it in ${paths.join(' or ')}.`);
    else texts.push(`${what}\n${'='.repeat(what.length)}\n\n${found.trim()}\n`);
  }
  return texts.join('\n\n');
}

/** Replaces a pattern that must match at least once. @param {string} text @param {RegExp} pattern @param {string} by */
function replace(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`pack: nothing matches ${pattern}`);
  return text.replace(pattern, by);
}

/** @param {string} folder @param {string | null} data the archive, a folder of batches, or none */
async function packData(folder, data) {
  await mkdir(folder);
  /** @type {{name: string, from: string}[]} */
  let batches = [];
  if (data && (await stat(data)).isFile()) batches = [{name: 'cifar-10-binary.tar.gz', from: data}];
  else if (data) {
    batches = (await filesOf(data, /^(data_batch_[1-5]|test_batch)\.bin$/)).map((from) => ({name: basename(from), from}));
  }
  const files = [];
  for (const {name, from} of batches) {
    await cp(from, join(folder, name));
    files.push({name, bytes: (await stat(from)).size});
  }
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify({files})}\n`);
}

const dataAt = process.argv.indexOf('--data');
const {files, variants} = await collect();
files.delete('build_info.js');  // the site's own is for a checkout; this build's is written below

const hash = createHash('sha256').update(JSON.stringify(variants));
for (const [name, path] of files) hash.update(`${name}\n`).update(await readFile(path));
const version = hash.digest('hex').slice(0, 12);

// The old folder can be served until the new one is complete.
const work = `${TARGET}.part`;
await rm(work, {recursive: true, force: true});
await mkdir(join(work, version), {recursive: true});
for (const [name, path] of files) {
  const target = join(work, BESIDE_PAGE.includes(name) ? '' : version, name);
  await mkdir(dirname(target), {recursive: true});
  await cp(path, target);
}
await writeFile(join(work, version, 'build_info.js'), `export const build = ${JSON.stringify({version, variants})};\n`);
await writeFile(join(work, version, 'notices.txt'), await notices());

const page = await readFile(join(work, 'index.html'), 'utf8');
const local = /\b(href|src)="(?:\.\/)?(?!manifest\.webmanifest)([\w.-]+\.(?:css|js|svg|png|ico|txt))"/g;
await writeFile(join(work, 'index.html'), replace(page, local, `$1="${version}/$2"`));
const manifest = join(work, 'manifest.webmanifest');
await writeFile(manifest, replace(await readFile(manifest, 'utf8'), /"src": "(?=icon\.)/g, `"src": "${version}/`));
// The service worker's bytes change with the version, which tells a browser that there is a new one.
const list = [...files.keys()].filter((name) => !BESIDE_PAGE.includes(name)).map((name) => `${version}/${name}`);
const build = JSON.stringify({version, files: ['./', ...list, `${version}/build_info.js`]});
const worker = join(work, 'service_worker.js');
await writeFile(worker, replace(await readFile(worker, 'utf8'), /^const BUILD = .*$/m, `const BUILD = ${build};`));

await mkdir(join(work, 'models'));
for (const path of await filesOf('assets/models', /\.safetensors$/)) await cp(path, join(work, 'models', basename(path)));
await packData(join(work, 'data'), dataAt > 0 ? process.argv[dataAt + 1] : null);
await rm(TARGET, {recursive: true, force: true});
await rename(work, TARGET);
console.log(`The site is in ${TARGET}/, version ${version}: trainer variants ${variants.join(', ') || 'none'}.`);
