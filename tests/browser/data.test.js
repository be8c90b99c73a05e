import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve, until} from './chromium.js';
import {content, dropping, otherOrigin} from './other_origin.js';
import {BATCHES, batch, parquet, pixels, png, tar, zip} from './pictures.js';
import {servedSite} from './served_site.js';
import {drawn, press, seen} from './widgets.js';

const RECORDS = 120;
const names = ['data_batch_1.bin', 'test_batch.bin'];
const archive = gzipSync(tar(Object.fromEntries(names.map((name) => [`cifar-10-batches-bin/${name}`, batch(RECORDS)]))));

const load = (page, options) => page.evaluate((options) => playground.load(options), options);
const failure = (page, options) => page.evaluate((options) => playground.load(options).then(
    () => null, ({code, message}) => ({code, message})), options);
/** Resolves when the loaded data set is stored, or could not be. */
const kept = (page) => page.evaluate(() => new Promise((resolve) => {
  const stop = trainer.observe(({type, args}) => {
    if (type !== 'kept' || args.state === 'saving') return;
    stop();
    resolve(args);
  });
}));

/** The gallery's pictures on screen, once every place in view has one and the condition holds. */
async function shown(page, wanted = () => true) {
  for (const end = Date.now() + 60_000;;) {
    const view = await page.evaluate(() => {
      const memory = app._malloc(64);
      const there = [];
      for (let i = 0; i < 1500; ++i) {
        app.HEAPU8.set(new TextEncoder().encode(`pictures/cell/${i}\0`), memory + 16);
        if (app._app_widget_rect(memory + 16, memory)) there.push(i);
      }
      app._free(memory);
      return {first: there[0], last: there.at(-1), count: there.length};
    });
    if (view.count > 0 && view.count === view.last - view.first + 1 && wanted(view)) return view;
    if (Date.now() > end) throw new Error(`the gallery shows ${JSON.stringify(view)}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

describe('data: beside the page', () => {
  const LARGE = 5200;  // more than training needs to start
  const PAGE = 256;    // pictures of one request, as in web/app/state/picture_pages.h
  let browser, site, page, folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cifar'));
    for (const name of BATCHES) {
      await writeFile(join(folder, name), batch(name === 'data_batch_1.bin' ? LARGE : RECORDS));
    }
    browser = await launch();
    site = await serve({data: folder});
    ({page} = await openPage(browser, site.origin));
  });
  after(async () => {
    await browser.close();
    site.close();
    await rm(folder, {recursive: true});
  });

  test('cifar10 with a limit: so many of each, and no more is fetched', async () => {
    const dataset = await load(page, {source: 'cifar10', limit: 50});
    assert.deepEqual([dataset.train.count, dataset.test.count, dataset.complete], [50, 50, true]);
    assert.match(dataset.label, /beside the page/);
  });

  test('cifar10: joins after two files, while the rest is on its way', async () => {
    const seen = await page.evaluate(async () => {
      const counts = [];
      const stop = trainer.observe(({type, args}) => type === 'dataset' && counts.push([args.train.count, args.complete]));
      counts.length = 0;  // events that were replayed
      const {train} = await playground.load({source: 'cifar10'});
      stop();
      return {counts, all: train.count};
    });
    assert.equal(seen.all, LARGE + 4 * RECORDS);
    assert.deepEqual(seen.counts, [[LARGE, false], [LARGE + 4 * RECORDS, true]]);
  });

  test('the gallery, by wheel and by finger: of thousands of pictures those in view are asked for and shown', async () => {
    const session = await page.context().newCDPSession(page);
    await press(page, 'tab/pictures');
    await seen(page, 'pictures/cell/0');
    await page.evaluate(() => {
      const {request} = trainer;
      window.asked = [];
      trainer.request = (type, args, options) => {
        if (type === 'pictures') asked.push(args);
        return request(type, args, options);
      };
    });
    const at = await seen(page, 'pictures/cell/0');
    await page.mouse.move(at.x, at.y);
    const views = [await shown(page)];
    const see = async (moved) => views.push(await shown(page, moved));
    const lastOf = (view) => Math.floor(view.last / PAGE);
    while (views.at(-1).last < 550) {
      const before = views.at(-1);
      await page.mouse.wheel(0, 400);
      await see((view) => view.first > before.first);
    }
    const deepest = views.at(-1);
    const finger = async (from, to) => {
      const touch = (type, y) => session.send('Input.dispatchTouchEvent', {type, touchPoints: y === undefined ? [] : [{x: at.x, y}]});
      await touch('touchStart', from);
      for (let i = 1; i <= 5; ++i) await touch('touchMove', from + (to - from) * i / 5);
      await touch('touchEnd');
    };
    await finger(300, 700);
    await see((view) => view.first < deepest.first);
    await finger(700, 300);
    await see((view) => view.first > views.at(-1).first);
    for (const {first, last, count} of views) {
      assert.equal(count, last - first + 1, 'no place in view is empty');
      assert.ok(count < 400, `${count} pictures are drawn at once`);
    }
    // Each page of pictures was requested once, when it came into view, and no others.
    const pages = await page.evaluate((size) => asked.map(({offset, count}) => (count === size ? offset / size : NaN)), PAGE);
    assert.deepEqual(pages, Array.from({length: lastOf(deepest)}, (_, i) => i + 1));
    await press(page, 'tab/curves');
  });

  test('a load in the middle of another takes over, again and again', async () => {
    const counts = await page.evaluate(async () => {
      const counts = [];
      for (let i = 0; i < 5; ++i) {
        const first = playground.load({source: 'cifar10'}).then(() => 'done', ({code}) => code);
        // Once bytes arrive, the first load is between two of its messages.
        await new Promise((resolve) => {
          const stop = trainer.observe(({type, args}) => type === 'load_progress' && args.records > 0 && resolve(stop));
        }).then((stop) => stop());
        const second = await playground.load({source: 'cifar10', limit: 60 + i});
        counts.push([await first, second.train.count]);
      }
      return counts;
    });
    counts.forEach(([first, count], i) => {
      assert.ok(first === 'cancelled' || first === 'done', first);
      assert.equal(count, 60 + i);
    });
  });
});

describe('data: from other places', () => {
  let browser, site, page, other, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
    other = await otherOrigin();
    ({page, complaints} = await openPage(browser, site.origin));
  });
  after(async () => {
    await browser.close();
    site.close();
    other.close();
  });

  test('the archive from a URL: both splits, the right pictures', async () => {
    other.files['/cifar-10-binary.tar.gz'] = content(archive);
    const dataset = await load(page, {source: `${other.url}cifar-10-binary.tar.gz`});
    assert.deepEqual([dataset.train.count, dataset.test.count], [RECORDS, RECORDS]);
    const first = await page.evaluate(async () => {
      const {args, payloads} = await trainer.request('pictures', {split: 'test', indices: [7]});
      return {label: args.labels[0], pixels: [...new Uint8Array(payloads[0])]};
    });
    assert.deepEqual(first, {label: 7, pixels: [...pixels(7)]});
  });

  test('a connection that breaks off: the download continues with a range request', async () => {
    other.files['/drops.tar.gz'] = dropping(archive, {times: 1});
    other.requests.length = 0;
    const dataset = await load(page, {source: `${other.url}drops.tar.gz`});
    assert.equal(dataset.train.count, RECORDS);
    assert.match(other.requests.filter((line) => line.startsWith('GET')).at(-1), /bytes=\d+-/);
  });

  test('progress reports the bytes received and their rate correctly', async () => {
    let sendOn;
    other.files['/slow.bin'] = (request, response) => {
      response.writeHead(200, {'content-length': 2 * 3073 * RECORDS});
      response.write(batch(RECORDS));
      sendOn = () => response.end(batch(RECORDS));
    };
    await page.evaluate((source) => {
      window.progress = [];
      const stop = trainer.observe(({type, args}) => type === 'load_progress' && progress.push(args));
      window.loading = playground.load({source}).finally(stop);
    }, `${other.url}slow.bin`);
    const half = 3073 * RECORDS;
    await page.waitForFunction((half) => progress.at(-1)?.received === half, half);
    const text = await drawn(page, 'load/progress', /^369 kB of 738 kB, /);
    const [, rate, unit, minutes, seconds] = /, ([\d.]+) (\w+)\/s, (\d+):(\d+) left$/.exec(text);
    const bytesASecond = rate * {B: 1, kB: 1e3, MB: 1e6, GB: 1e9}[unit];
    const left = 60 * Number(minutes) + Number(seconds);
    assert.ok(Math.abs(left - half / bytesASecond) <= 0.5 + 0.005 * half / bytesASecond, text);
    sendOn();
    await page.evaluate(() => loading);
    for (const {received, total, bytes_per_second: rate, seconds_left: left} of await page.evaluate(() => progress)) {
      assert.equal(total, 2 * half);
      assert.ok(rate === 0 || Math.abs(left * rate - (total - received)) < 1e-3, JSON.stringify({received, rate, left}));
    }
    assert.deepEqual(await page.evaluate(() => progress.slice(-1).map(({received, done, seconds_left}) => [received, done, seconds_left])), [[2 * half, true, 0]]);
  });

  test('a redirect is followed', async () => {
    other.files['/moved.tar.gz'] = (request, response) => response.writeHead(302, {location: '/cifar-10-binary.tar.gz'}).end();
    assert.equal((await load(page, {source: `${other.url}moved.tar.gz`})).train.count, RECORDS);
  });

  test('a wrong MIME type does no harm: contents decide', async () => {
    other.files['/typed.tar.gz'] = content(archive, {type: 'text/html'});
    assert.equal((await load(page, {source: `${other.url}typed.tar.gz`})).train.count, RECORDS);
  });

  for (const [what, path, answer, code, message] of [
    ['a file that is not there', '/none.bin', undefined, 'not_found', /none\.bin was not found \(404\).*expected CIFAR-10 records/],
    ['a web page', '/page.bin', content(Buffer.from('<!doctype html><title>Sign in</title>')), 'bad_data', /page\.bin: this is an HTML or XML page/],
    ['a cut archive', '/cut.tar.gz', content(archive.subarray(0, archive.length / 2)), 'bad_data', /cut\.tar\.gz/],
    ['a damaged archive', '/bad.tar.gz', content(Buffer.concat([archive.subarray(0, 2000), Buffer.alloc(500, 7), archive.subarray(2500)])), 'bad_data', /bad\.tar\.gz/],
    ['an archive with a path out of it', '/evil.tar.gz', content(gzipSync(tar({'../../data_batch_1.bin': batch(10)}))), 'bad_data', /\.\./],
    ['an archive without batches', '/other.tar.gz', content(gzipSync(tar({'holiday.txt': Buffer.from('sun')}))), 'no_data', /no CIFAR-10 batch/],
    ['less than announced, again and again', '/short.bin', dropping(batch(50), {times: 99, at: 0}), 'network', /short\.bin/],
    ['a server error', '/error.bin', (request, response) => response.writeHead(500).end(), 'network', /error\.bin.*500/],
  ]) {
    test(`${what}: an error message, and the previous data stays`, async () => {
      if (answer) other.files[path] = answer;
      // The waits between attempts add up to 16 seconds; skip them here.
      await page.evaluate(() => {
        window.patient ??= setTimeout;
        window.setTimeout = (work, milliseconds, ...rest) => patient(work, Math.min(milliseconds, 20), ...rest);
      });
      await load(page, {source: 'sample', limit: 30});
      const error = await failure(page, {source: other.url.slice(0, -1) + path});
      assert.equal(error?.code, code, JSON.stringify(error));
      assert.match(error.message, message);
      assert.equal(await page.evaluate(async () => (await trainer.request('dataset')).args.train.count), 30);
      await page.evaluate(() => { window.setTimeout = patient; });
    });
  }

  test('Hugging Face: the parquet files of the data set; training starts before all have arrived', async () => {
    const rows = Array.from({length: 600}, (_, i) => pixels(i));
    const labels = rows.map((_, i) => (i * 7) % 10);
    other.files['/plain_text/train-00000-of-00001.parquet'] = content(parquet(rows.map((rgb) => png(rgb)), labels));
    other.files['/plain_text/test-00000-of-00001.parquet'] = content(parquet(rows.slice(0, 90).map((rgb) => png(rgb)), labels.slice(0, 90)));
    const dataset = await load(page, {source: 'huggingface', url: other.url});
    assert.deepEqual([dataset.train.count, dataset.test.count], [600, 90]);
    assert.match(dataset.label, /Hugging Face/);
    assert.equal(dataset.class_names[3], 'cat');
    const last = await page.evaluate(async () => {
      const {args, payloads} = await trainer.request('pictures', {split: 'train', indices: [599]});
      return {label: args.labels[0], pixels: [...new Uint8Array(payloads[0])]};
    });
    assert.deepEqual(last, {label: (599 * 7) % 10, pixels: [...pixels(599)]});
  });

  test('a zip of pictures, chosen: three classes, and a network for them trains', async () => {
    const files = {};
    for (const name of ['ant', 'bee', 'cow']) for (let i = 0; i < 10; ++i) files[`zoo/${name}/${i}.png`] = png(pixels(i, 50, 40), 50, 40);
    const bytes = [...zip(files)];
    const seen = await page.evaluate(async (bytes) => {
      const dataset = await playground.load({source: [new File([new Uint8Array(bytes)], 'zoo.zip')]});
      const {config} = await playground.build('tutorial_small');
      const units = await playground.fit({epochs: 1}).then(() => 'trained', ({message}) => message);
      config.config.layers.at(-1).config.units = 3;
      await playground.build(config);
      const history = await playground.fit({epochs: 2, batch_size: 6});
      return {names: dataset.class_names, counts: [dataset.train.count, dataset.test.count], rows: history.length, units};
    }, bytes);
    assert.deepEqual(seen.names, ['ant', 'bee', 'cow']);
    assert.deepEqual(seen.counts, [24, 6]);
    assert.equal(seen.rows, 2);
  });

  test('batches, chosen one by one: named by their files', async () => {
    const bytes = [...batch(20)];
    const counts = await page.evaluate(async (bytes) => {
      const file = (name) => new File([new Uint8Array(bytes)], name);
      const dataset = await playground.load({source: [file('data_batch_1.bin'), file('test_batch.bin')]});
      return [dataset.train.count, dataset.test.count];
    }, bytes);
    assert.deepEqual(counts, [20, 20]);
  });

  test('a file that is not a data set: the error says what is expected', async () => {
    const error = await page.evaluate(() => playground.load({source: [new File(['hello'], 'letter.txt')]}).catch(({code, message}) => ({code, message})));
    assert.equal(error.code, 'bad_data');
    assert.match(error.message, /letter\.txt.*expected cifar-10-binary\.tar\.gz.*\.zip/);
  });

  test('no errors or warnings except the provoked ones', () => {
    assert.deepEqual(complaints.filter((text) => !/Failed to load resource|net::ERR/.test(text)), []);
  });
});

describe('data: storing it in the browser', () => {
  let browser, site, other;
  before(async () => {
    browser = await launch();
    site = await serve();
    other = await otherOrigin();
    other.files['/data.tar.gz'] = content(archive);
  });
  after(async () => {
    await browser.close();
    site.close();
    other.close();
  });

  /** A page that has loaded the archive from the other origin and stored it. */
  async function pageWithKept() {
    const opened = await openPage(browser, site.origin);
    const waiting = kept(opened.page);
    await load(opened.page, {source: `${other.url}data.tar.gz`});
    assert.equal((await waiting).state, 'kept');
    return opened;
  }

  test('the second visit starts from it, without network', async () => {
    const {page, context} = await pageWithKept();
    other.requests.length = 0;
    await page.reload();
    await page.waitForFunction(() => globalThis.playground?.status().state === 'ready');
    const dataset = await page.evaluate(async () => (await trainer.request('dataset')).args);
    assert.deepEqual([dataset.train.count, dataset.test.count, dataset.source.name], [RECORDS, RECORDS, 'data.tar.gz']);
    assert.deepEqual(other.requests, []);
    const same = await page.evaluate(async () => [...new Uint8Array((await trainer.request('pictures', {split: 'train', indices: [33]})).payloads[0])]);
    assert.deepEqual(same, [...pixels(33)]);
    await context.close();
  });

  test('it can be deleted', async () => {
    const {page, context} = await pageWithKept();
    await page.evaluate(() => keptData.forget());
    assert.equal((await failure(page, {source: 'kept'})).code, 'not_found');
    await context.close();
  });

  test('damaged, it is refused with a sentence', async () => {
    const {page, context} = await pageWithKept();
    await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('data');
      const file = await folder.getFileHandle('train.bin');
      const writable = await file.createWritable({keepExistingData: true});
      await writable.write({type: 'write', position: 5000, data: new Uint8Array([1, 2, 3])});
      await writable.close();
    });
    const error = await failure(page, {source: 'kept'});
    assert.equal(error?.code, 'bad_data');
    assert.match(error.message, /kept in the browser is damaged; delete it and load/);
    await context.close();
  });

  test('full storage is reported, training continues from memory, no partial files remain', async () => {
    const {page, context} = await openPage(browser, site.origin);
    const session = await context.newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', {origin: site.origin, quotaSize: 100_000});
    const waiting = kept(page);
    await load(page, {source: `${other.url}data.tar.gz`});
    const {state, message} = await waiting;
    assert.equal(state, 'failed');
    assert.match(message, /(it needs .* MB, and the browser gives this site .* MB|The browser has no storage left)/);
    assert.equal((await failure(page, {source: 'kept'})).code, 'not_found');
    const rows = await page.evaluate(async () => {
      await playground.build('tutorial_small');
      return (await playground.fit({epochs: 1, batch_size: 40})).length;
    });
    assert.equal(rows, 1);
    await context.close();
  });
});

describe('data: the training is kept', () => {
  const there = servedSite();

  test('on the next visit it is offered, and continues where it stopped', async () => {
    const {page, context, complaints} = await there.open();
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 200});
      await playground.build('tutorial_small');
      playground.fit({epochs: 5000, batch_size: 50, seed: 3}).catch(() => {});
    });
    await until(page, async () => ((await keptTraining.newest())?.epoch ?? 0) >= 2);
    await page.reload();
    await page.getByRole('button', {name: 'Restore it'}).click();
    await page.waitForFunction(() => playground.status().history.length > 3);
    const history = await page.evaluate(() => playground.status().history);
    assert.deepEqual(history.map(({epoch}) => epoch), history.map((_, i) => i + 1));
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a killed worker: its successor has data, weights and history as of the last epoch kept', async () => {
    const {page, context} = await there.open();
    const seen = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 100});
      await playground.build('tutorial_small');
      await playground.fit({epochs: 2, batch_size: 50, seed: 3});
      await keptTraining.written();
      const before = await playground.evaluate();
      const told = new Promise((resolve) => {
        trainer.observe(({type, args}) => type === 'failure' && args.code === 'worker_gone' && resolve(args.message));
      });
      trainer.kill();
      const message = await told;
      const after = await playground.evaluate();
      return {before: before.loss, after: after.loss, message};
    });
    assert.equal(seen.after, seen.before);
    assert.match(seen.message, /as it was after epoch 2/);
    await context.close();
  });
});
