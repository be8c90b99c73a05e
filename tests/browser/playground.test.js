import assert from 'node:assert/strict';
import {mkdtemp, rm, truncate, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {BATCHES, batch} from './pictures.js';

const TUTORIAL_PARAMETERS = 1060138;
// Small enough for a test, with more than one step an epoch.
const SMALL = {source: 'sample', limit: 200};

/** Runs a function in the page, where `playground` is the scripting interface. */
const run = (page, work, argument) => page.evaluate(work, argument);

/** The code and message a call in the page rejects with. */
const rejection = (page, expression) => page.evaluate(`(async () => {
  try { await ${expression}; return null; } catch (error) { return {code: error.code, message: error.message, isError: error instanceof Error}; }
})()`);

describe('playground: the scripting interface in Chromium', () => {
  let browser, site, page, complaints, context;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page, complaints, context} = await openPage(browser, site.origin));
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('the page is isolated and says which trainer runs', async () => {
    const {backend} = await run(page, () => playground.status());
    assert.equal(backend.isolated, true);
    assert.equal(backend.simd, true);
    assert.match(backend.variant, /threads$/);
    assert.ok(backend.threads >= 1);
  });

  test('the tutorial: summary, parameter for parameter', async () => {
    await run(page, () => playground.build('tutorial'));
    const {rows, text, total} = await run(page, () => playground.summary());
    assert.equal(total, TUTORIAL_PARAMETERS);
    assert.deepEqual(rows.map(({parameters}) => parameters), [896, 9248, 0, 0, 0, 1048704, 1290]);
    assert.match(text, /1,060,138/);
  });

  test('sample pictures: labeled as synthetic', async () => {
    const dataset = await run(page, (options) => playground.load(options), SMALL);
    assert.equal(dataset.synthetic, true);
    assert.match(dataset.label, /synthetic/);
    assert.equal(dataset.train.count, 200);
    assert.equal(dataset.class_names.length, 10);
  });

  test('fit: history in Keras names, step events with every point, epoch events never lost', async () => {
    const seen = await run(page, async () => {
      const steps = [], epochs = [];
      playground.addEventListener('step', ({detail}) => steps.push(detail));
      playground.addEventListener('epoch', ({detail}) => epochs.push(detail));
      await playground.build('tutorial');
      const history = await playground.fit({epochs: 3, batch_size: 10, seed: 1});
      return {history, steps, epochs, status: playground.status()};
    });
    assert.equal(seen.history.length, 3);
    for (const name of ['epoch', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'images_per_second']) {
      assert.equal(typeof seen.history[2][name], 'number', name);
    }
    assert.deepEqual(seen.epochs, seen.history);
    assert.deepEqual(seen.status.history, seen.history);
    assert.equal(seen.status.state, 'ready');
    const points = seen.steps.flatMap((step) => step.points).map(([step]) => step);
    assert.equal(points.at(-1), 60);
    assert.deepEqual(points, [...points].sort((a, b) => a - b));
  });

  test('the same seed gives the same history; threads change nothing', async () => {
    const [a, b, c] = await run(page, async () => {
      const histories = [];
      for (const options of [{seed: 5, threads: 1}, {seed: 5, threads: 2}, {seed: 6}]) {
        await playground.build('tutorial_small');
        const history = await playground.fit({epochs: 1, batch_size: 20, ...options});
        histories.push(history.map(({loss, val_loss, accuracy}) => [loss, val_loss, accuracy]));
      }
      return histories;
    });
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
  });

  test('pause, step, resume and stop: each does what it says', async () => {
    const seen = await run(page, async () => {
      const until = (state) => new Promise((resolve) => {
        const check = ({detail}) => {
          if (detail.state !== state) return;
          playground.removeEventListener('state', check);
          resolve(playground.status());
        };
        playground.addEventListener('state', check);
      });
      const steps = [];
      playground.addEventListener('step', ({detail}) => steps.push(detail.global_step));
      const paused = until('paused');
      const fitting = playground.fit({epochs: 1000, batch_size: 10});
      const firstStep = new Promise((resolve) => playground.addEventListener('step', resolve, {once: true}));
      await firstStep;
      await playground.pause();
      await paused;
      const atPause = steps.at(-1);
      await playground.step();
      const afterStep = steps.at(-1);
      const going = new Promise((resolve) => playground.addEventListener('step', resolve, {once: true}));
      await playground.resume();
      await going;
      await playground.stop();
      const history = await fitting;
      return {atPause, afterStep, state: playground.status().state, rows: history.length};
    });
    assert.equal(seen.afterStep, seen.atPause + 1);
    assert.equal(seen.state, 'ready');
    assert.ok(seen.rows < 1000);
  });

  test('evaluate: a confusion matrix over all test pictures', async () => {
    const {loss, accuracy, confusion_matrix: matrix, per_class: classes} = await run(page, () => playground.evaluate());
    assert.ok(loss > 0 && accuracy >= 0 && accuracy <= 1);
    assert.equal(matrix.flat().reduce((sum, count) => sum + count), 40);
    assert.deepEqual(Object.keys(classes[0]).sort(), ['f1', 'name', 'precision', 'recall', 'support']);
    assert.equal(classes[9].name, 'truck');
  });

  test('predict: probabilities of each picture, the pixels stay with the caller', async () => {
    const {sums, length, kept} = await run(page, async () => {
      const pixels = new Uint8Array(120 * 3072).map((_, i) => i % 251);
      const output = await playground.predict(pixels);
      const sums = Array.from({length: 120}, (_, i) => output.slice(i * 10, i * 10 + 10).reduce((sum, p) => sum + p));
      return {sums, length: output.length, kept: pixels.length};
    });
    assert.equal(length, 1200);
    assert.equal(kept, 120 * 3072);
    for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
  });

  test('an aborted fit rejects, the weights stay, and the next fit runs', async () => {
    const seen = await run(page, async () => {
      const abort = new AbortController();
      const fitting = playground.fit({epochs: 1000, batch_size: 10, signal: abort.signal});
      await new Promise((resolve) => playground.addEventListener('step', resolve, {once: true}));
      abort.abort();
      const error = await fitting.catch((reason) => reason);
      const history = await playground.fit({epochs: 1, batch_size: 50});
      return {code: error.code, name: error.name, rows: history.length};
    });
    assert.deepEqual(seen, {code: 'cancelled', name: 'AbortError', rows: 1});
  });

  test('a second fit while one runs is rejected, the first continues', async () => {
    const seen = await run(page, async () => {
      const first = playground.fit({epochs: 2, batch_size: 10});
      const second = await playground.fit({epochs: 1}).catch((error) => error.code);
      return {second, rows: (await first).length};
    });
    assert.deepEqual(seen, {second: 'busy', rows: 2});
  });

  for (const [call, code, message] of [
    ["playground.fit({batch_size: 0})", 'bad_argument', /batch_size/],
    ["playground.fit({batch_size: 100000})", 'bad_argument', /Batch size 100,000 is larger than the 200 training pictures/],
    ["playground.fit({epochs: 'many'})", 'bad_argument', /epochs/],
    ["playground.fit({optimizer: 'Nonsense'})", 'bad_argument', /optimizer/],
    ["playground.fit({no_such_option: 1})", 'bad_argument', /no_such_option/],
    ["playground.build('no_such_preset')", 'bad_argument', /no_such_preset/],
    ["playground.build({class_name: 'Sequential', config: {layers: [{class_name: 'Conv9D', config: {}}]}})", 'bad_config', /Conv9D/],
    ["playground.build(7)", 'bad_config', /./],
    ["playground.predict(new Uint8Array(100))", 'bad_argument', /100 bytes/],
    ["playground.predict('pixels')", 'bad_argument', /Uint8Array/],
    ["playground.load({source: 'moon'})", 'bad_argument', /"moon"/],
    ["playground.load({source: 'sample', limit: -1})", 'bad_argument', /limit/],
    ["playground.load({source: 'sample', limits: 9})", 'bad_argument', /load: "limits" is not one of its options; expected source, url, limit/],
    ["playground.import({}, {onto: 'model'})", 'bad_argument', /import: "onto" is not one/],
    ["playground.load({source: 'ftp://example.org/data.bin'})", 'bad_argument', /ftp/],
    ["playground.load({source: []})", 'bad_data', /No file/],
    ["playground.import(null)", 'bad_argument', /expected files/],
  ]) {
    test(`${call}: the error names what is wrong`, async () => {
      const error = await rejection(page, call);
      assert.equal(error?.code, code, JSON.stringify(error));
      assert.match(error.message, message);
      assert.equal(error.isError, true);
    });
  }

  test('a message the table does not have gets bad_message, and the worker lives on', async () => {
    const seen = await run(page, async () => {
      const answers = [];
      for (const [type, args] of [['no such type', {}], ['fit', 7], ['load_chunk', {file: 'x'}], ['cancel', {}]]) {
        answers.push(await trainer.request(type, args).catch((error) => error.code));
      }
      return {answers, total: (await playground.summary()).total};
    });
    assert.deepEqual(seen.answers, ['bad_message', 'bad_message', 'bad_message', 'bad_message']);
    assert.ok(seen.total > 0);
  });

  test('a killed worker: every call settles, a new trainer takes its place and works', async () => {
    const seen = await run(page, async () => {
      const fitting = playground.fit({epochs: 1000, batch_size: 10});
      await new Promise((resolve) => playground.addEventListener('step', resolve, {once: true}));
      trainer.kill();
      const code = await fitting.catch((error) => error.code);
      await playground.load({source: 'sample', limit: 100});
      await playground.build('tutorial_small');
      const history = await playground.fit({epochs: 1, batch_size: 50});
      return {code, rows: history.length};
    });
    assert.deepEqual(seen, {code: 'worker_gone', rows: 1});
  });

  test('no errors or warnings in the meantime', () => assert.deepEqual(complaints, []));
});

describe('playground: data files and what is wrong with them', () => {
  let browser, folder, site, page;
  before(async () => {
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), 'playground-data-'));
    for (const name of BATCHES) await writeFile(join(folder, name), batch(60));
    site = await serve({data: folder});
    ({page} = await openPage(browser, site.origin));
  });
  after(async () => {
    await browser.close();
    site.close();
    await rm(folder, {recursive: true});
  });

  test('CIFAR-10 beside the page is loaded, with progress', async () => {
    const {dataset, events} = await run(page, async () => {
      const events = [];
      const stop = trainer.observe(({type, args}) => type === 'load_progress' && events.push(args));
      const dataset = await playground.load({source: 'cifar10'});
      stop();
      return {dataset, events};
    });
    assert.deepEqual([dataset.train.count, dataset.test.count, dataset.synthetic], [300, 60, false]);
    assert.deepEqual(dataset.train.per_class, Array(10).fill(30));
    assert.equal(events.at(-1).done, true);
    assert.equal(events.at(-1).received, 360 * 3073);
    assert.equal(events.at(-1).total, 360 * 3073);
  });

  for (const [what, spoil, code, message] of [
    ['truncated', (path) => truncate(path, 3073 * 5 + 1000), 'bad_data', /data_batch_2\.bin.*record 5.*3073 bytes/],
    ['a wrong label', (path) => writeFile(path, batch(5, {label: () => 77})), 'bad_data', /data_batch_2\.bin.*label 77.*0 to 9/],
    ['another file', (path) => writeFile(path, '<!doctype html>'), 'bad_data', /data_batch_2\.bin/],
    ['empty', (path) => writeFile(path, ''), 'bad_data', /data_batch_2\.bin.*empty/],
    ['gone', (path) => rm(path), 'not_found', /data_batch_2\.bin was not found \(404\)/],
  ]) {
    test(`a batch that is ${what}: named in the error, and the previous data stays`, async () => {
      const path = join(folder, 'data_batch_2.bin');
      await run(page, async () => {
        await keptData.forget();
        await playground.load({source: 'sample', limit: 50});
      });
      await spoil(path);
      // The manifest was read when the page was opened; the host has changed files since.
      await page.route('**/data/manifest.json', (route) => route.fulfill({json: {files: BATCHES.map((name) => ({name, bytes: 60 * 3073}))}}));
      const error = await rejection(page, "playground.load({source: 'cifar10'})");
      await page.unroute('**/data/manifest.json');
      await writeFile(path, batch(60));
      assert.equal(error?.code, code, JSON.stringify(error));
      assert.match(error.message, message);
      assert.equal((await run(page, () => trainer.request('dataset'))).args.train.count, 50);
    });
  }

  test('no data beside the page: the error says where it was expected', async () => {
    await run(page, () => keptData.forget());
    await page.route('**/data/manifest.json', (route) => route.fulfill({json: {files: []}}));
    const error = await rejection(page, "playground.load({source: 'cifar10'})");
    await page.unroute('**/data/manifest.json');
    assert.equal(error.code, 'not_found');
    assert.match(error.message, /not beside this page.*cifar-10-binary\.tar\.gz in .*data\//);
  });

  test('a canceled load rejects with `cancelled` and keeps the previous data', async () => {
    const seen = await run(page, async () => {
      await playground.load({source: 'sample', limit: 50});
      const abort = new AbortController();
      const loading = playground.load({source: 'cifar10', signal: abort.signal}).catch((error) => error.code);
      abort.abort();
      return [await loading, (await trainer.request('dataset')).args.train.count];
    });
    assert.deepEqual(seen, ['cancelled', 50]);
  });

  test('a new load ends the previous one', async () => {
    const seen = await run(page, async () => {
      const first = playground.load({source: 'cifar10'}).catch((error) => error.code);
      const second = await playground.load({source: 'sample', limit: 70});
      return [await first, second.train.count, (await trainer.request('dataset')).args.train.count];
    });
    assert.deepEqual(seen, ['cancelled', 70, 70]);
  });

  test('limit: at most that many pictures of each split', async () => {
    const dataset = await run(page, () => playground.load({source: 'cifar10', limit: 40}));
    assert.deepEqual([dataset.train.count, dataset.test.count], [40, 40]);
  });
});
