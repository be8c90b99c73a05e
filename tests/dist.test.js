// The built site hangs together: what its files name is there, and nothing points out of the folder.
import assert from 'node:assert/strict';
import {access, readFile, readdir} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const text = (path) => readFile(join(DIST, path), 'utf8');

describe('dist/', () => {
  let version, files;
  before(async () => {
    const [, folder] = /"([^"]+)\/main\.js"/.exec(await text('index.html'));
    // Not imported as a file: older nodes take that for CommonJS, as no package.json in dist/ says otherwise.
    const source = encodeURIComponent(await text(`${folder}/build_info.js`));
    ({version} = (await import(`data:text/javascript,${source}`)).build);
    files = await readdir(join(DIST, version));
  });

  test('one version, in a folder of its name, with little beside it', async () => {
    assert.match(version, /^[0-9a-f]{12}$/);
    assert.deepEqual((await readdir(DIST)).sort(), [version, 'data', 'index.html', 'manifest.webmanifest', 'models', 'service_worker.js'].sort());
  });

  test('what the page and its manifest name is there, by relative address', async () => {
    const named = [...(await text('index.html')).matchAll(/\b(?:href|src)="([^"#]+)"/g)].map(([, address]) => address);
    named.push(...JSON.parse(await text('manifest.webmanifest')).icons.map(({src}) => src));
    assert.ok(named.length >= 4, String(named));
    for (const address of named) await access(join(DIST, address));
    for (const address of named) assert.doesNotMatch(address, /^(\/|[a-z]+:)/);
  });

  test('what a module imports is there', async () => {
    let imports = 0;
    for (const file of files.filter((name) => name.endsWith('.js') && !/^(app|trainer\..*)\.js$/.test(name))) {
      for (const [, address] of (await text(`${version}/${file}`)).matchAll(/^(?:import|export) [^'"]*['"](\.[^'"]+)['"]/gm)) {
        await access(join(DIST, dirname(`${version}/${file}`), address));
        ++imports;
      }
    }
    assert.ok(imports > 20, `${imports} imports found`);
  });

  test('the service worker keeps every file of this version, and only those', async () => {
    const build = JSON.parse(/^const BUILD = (.*);$/m.exec(await text('service_worker.js'))[1]);
    assert.equal(build.version, version);
    const kept = build.files.filter((file) => file !== './').map((file) => relative(version, file)).sort();
    assert.deepEqual(kept, files.filter((name) => name !== 'notices.txt').sort());
  });

  test('every trainer variant it offers is complete, and every part has its licence', async () => {
    const {build} = await import(`file://${DIST}${version}/build_info.js`);
    assert.ok(build.variants.includes('simd') && build.variants.includes('simd-threads'), String(build.variants));
    for (const variant of build.variants) {
      for (const type of ['js', 'wasm']) assert.ok(files.includes(`trainer.${variant}.${type}`), `trainer.${variant}.${type}`);
    }
    const notices = await text(`${version}/notices.txt`);
    for (const part of ['CNN playground', 'Dear ImGui', 'The font', 'hyparquet', 'The compiler\'s runtime']) assert.ok(notices.includes(`${part}\n===`), part);
  });
});
