// The built site is complete: every file that another one names exists, and no path leaves the folder.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {access, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const ROOT = fileURLToPath(new URL('../', import.meta.url)), DIST = join(ROOT, 'dist/');
const text = (path) => readFile(join(DIST, path), 'utf8');

describe('dist/', () => {
  let build, version, files;
  before(async () => {
    const [, folder] = /"([^"]+)\/main\.js"/.exec(await text('index.html'));
    // Not imported as a file: older versions of Node treat it as CommonJS, because dist/ has no package.json.
    const source = encodeURIComponent(await text(`${folder}/build_info.js`));
    ({build} = await import(`data:text/javascript,${source}`));
    version = build.version;
    files = (await readdir(join(DIST, version), {recursive: true, withFileTypes: true})).filter((entry) => entry.isFile())
      .map((entry) => relative(join(DIST, version), join(entry.parentPath ?? entry.path, entry.name)));
  });

  test('one version, in a folder of its name, with little beside it', async () => {
    assert.match(version, /^[0-9a-f]{12}$/);
    assert.deepEqual((await readdir(DIST)).sort(), [version, 'data', 'index.html', 'manifest.webmanifest', 'models', 'service_worker.js'].sort());
  });

  test('every file that the page and its manifest name exists, by relative URL', async () => {
    const named = [...(await text('index.html')).matchAll(/\b(?:href|src)="([^"#]+)"/g)].map(([, address]) => address);
    named.push(...JSON.parse(await text('manifest.webmanifest')).icons.map(({src}) => src));
    assert.ok(named.length >= 4, String(named));
    for (const address of named) await access(join(DIST, address));
    for (const address of named) assert.doesNotMatch(address, /^(\/|[a-z]+:)/);
  });

  test('the policy allows the one script in the page itself', async () => {
    const page = await text('index.html');
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script);
    assert.equal(scripts.length, 1);
    assert.ok(page.includes(`'sha256-${createHash('sha256').update(scripts[0]).digest('base64')}'`));
  });

  test('every file that a module imports exists', async () => {
    let imports = 0;
    for (const file of files.filter((name) => name.endsWith('.js') && !/^(app|trainer\/trainer\..*)\.js$/.test(name))) {
      for (const [, address] of (await text(`${version}/${file}`)).matchAll(/^(?:import|export) [^'"(]*['"](\.[^'"]+)['"]/gm)) {
        await access(join(DIST, dirname(`${version}/${file}`), address));
        ++imports;
      }
    }
    assert.ok(imports > 20, `${imports} imports found`);
  });

  test('the service worker keeps every file of this version, and only those', async () => {
    const worker = JSON.parse(/^const BUILD = (.*);$/m.exec(await text('service_worker.js'))[1]);
    assert.equal(worker.version, version);
    const kept = worker.files.filter((file) => file !== './').map((file) => relative(version, file)).sort();
    assert.deepEqual(kept, files.filter((name) => name !== 'notices.txt').sort());
  });

  test('every trainer variant it offers is complete, and every part has its license', async () => {
    assert.ok(build.variants.includes('simd') && build.variants.includes('simd-threads'), String(build.variants));
    for (const variant of build.variants) {
      for (const type of ['js', 'wasm']) assert.ok(files.includes(`trainer/trainer.${variant}.${type}`), `${variant} ${type}`);
    }
    const notices = await text(`${version}/notices.txt`);
    for (const part of ['CNN playground', 'Dear ImGui', 'The font', 'hyparquet', 'hyparquet-compressors, with hysnappy and fzstd', 'The compiler\'s runtime']) assert.ok(notices.includes(`${part}\n===`), part);
  });

  test('with data: the batches lie in data/, and its manifest names them', async () => {
    const project = await mkdtemp(join(tmpdir(), 'pack-')), data = join(project, 'batches');
    try {
      for (const part of ['.cache', 'assets', 'build', 'shell', 'LICENSE']) await symlink(join(ROOT, part), join(project, part));
      await mkdir(data);
      const batches = ['data_batch_1.bin', 'test_batch.bin'];
      for (const [i, name] of batches.entries()) await writeFile(join(data, name), Buffer.alloc(3073 * (i + 1)));
      await writeFile(join(data, 'readme.html'), 'none of these');
      await promisify(execFile)(process.execPath, ['shell/pack.js', '--data', data], {cwd: project});
      assert.deepEqual((await readdir(join(project, 'dist/data'))).sort(), [...batches, 'manifest.json'].sort());
      const {files} = JSON.parse(await readFile(join(project, 'dist/data/manifest.json'), 'utf8'));
      assert.deepEqual(files, batches.map((name, i) => ({name, bytes: 3073 * (i + 1)})));
    } finally {
      await rm(project, {recursive: true});
    }
  });
});
