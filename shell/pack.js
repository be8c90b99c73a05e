// Puts the site together from what was built: node shell/pack.js [--data PATH]. Called by ./shell/build.
import {createHash} from 'node:crypto';
import {cp, mkdir, readFile, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

const SITE = 'shell/site';
const TARGET = 'dist';
// Folder of a build, and the variant's name; best first. The page takes the first one the browser can run.
const VARIANTS = [
  ['wasm-relaxed', 'relaxed-threads'], ['wasm-simd-threads', 'simd-threads'], ['wasm-simd', 'simd'], ['wasm-scalar', 'scalar'],
];

async function filesOf(/** @type {string} */ folder, /** @type {RegExp} */ wanted) {
  const names = await readdir(folder).catch(() => /** @type {string[]} */ ([]));
  return names.filter((name) => wanted.test(name)).sort();
}

const dataAt = process.argv.indexOf('--data');
const data = dataAt > 0 ? process.argv[dataAt + 1] : null;

// A page that is being served from the old folder keeps working until the new one is complete.
const work = `${TARGET}.part`;
await rm(work, {recursive: true, force: true});
await cp(SITE, work, {recursive: true});

const variants = [];
const built = [];
for (const [preset, variant] of VARIANTS) {
  const folder = `build/${preset}/web`;
  const files = await filesOf(folder, new RegExp(`^trainer\\.${variant}\\.(js|wasm|worker\\.js)$`));
  if (files.length) variants.push(variant);
  built.push(...files.map((file) => join(folder, file)));
}
built.push(...(await filesOf('build/wasm-simd/web', /^app\.(js|wasm)$/)).map((file) => join('build/wasm-simd/web', file)));
const version = createHash('sha256');
for (const file of built) {
  version.update(await readFile(file));
  await cp(file, join(work, file.split('/').at(-1)));
}
for (const file of await filesOf(work, /\.(html|js|css)$/)) version.update(await readFile(join(work, file)));
await writeFile(join(work, 'build_info.js'), `export const build = ${JSON.stringify({
  version: version.digest('hex').slice(0, 12), variants,
})};\n`);

/** @type {{name: string, from: string}[]} */
let batches = [];
if (data && (await stat(data)).isFile()) batches = [{name: 'cifar-10-binary.tar.gz', from: data}];
else if (data) batches = (await filesOf(data, /^(data_batch_[1-5]|test_batch)\.bin$/)).map((name) => ({name, from: join(data, name)}));
await mkdir(join(work, 'data'));
const files = [];
for (const {name, from} of batches) {
  await cp(from, join(work, 'data', name));
  files.push({name, bytes: (await stat(from)).size});
}
await writeFile(join(work, 'data/manifest.json'), `${JSON.stringify({files})}\n`);

await rm(TARGET, {recursive: true, force: true});
await rename(work, TARGET);
console.log(`The site is in ${TARGET}/: trainer variants ${variants.join(', ') || 'none'}.`);
