// Faults, and what must hold through each of them. faults.md lists all faults and where they are tested.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {describe, test} from 'node:test';

import {until, whenReady} from './chromium.js';
import {servedSite, train} from './served_site.js';

const RANDOM_CALLS = Number(process.env.RANDOM_CALLS ?? 300);
const RELOADS = Number(process.env.RELOADS ?? 3);

const TRAIN_SLOWLY = async () => {
  await playground.load({source: 'sample', limit: 100});
  await playground.build('tutorial_small');
  window.fitting = playground.fit({epochs: 100_000, batch_size: 20});
  window.fitting.catch(() => {});
};
/** Runs in the page: the history without times, and a digest of the weights. */
const WHAT_WAS_TRAINED = async () => {
  const [file] = Object.values((await playground.export('safetensors')).files);
  const header = Number(new DataView(file).getBigUint64(0, true));
  const digest = await crypto.subtle.digest('SHA-256', file.slice(8 + header));
  return {
    rows: playground.status().history.map(({seconds, images_per_second, ...row}) => row),
    weights: new Uint8Array(digest).join(),
  };
};
/** Runs in the page: preset speedrun's training on few pictures; four steps an epoch, so that epochs end between two Lookahead updates, which come every five steps. */
const RUN_RECIPE = async () => {
  await playground.load({source: 'sample', limit: 40});
  await playground.build('speedrun');
  const {args} = await trainer.request('hello');
  const {fit} = args.presets.find(({name}) => name === 'speedrun');
  fit.parameter_groups.find(({frozen_after}) => frozen_after).frozen_after = 1;
  await playground.fit({...fit, epochs: 2.9, batch_size: 10});
};
/** The page's next `failure` event with this code: {code, message}. */
const toldOf = (page, code) => page.evaluate((code) => new Promise((resolve) => {
  trainer.observe(({type, args}) => type === 'failure' && args.code === code && resolve(args));
}), code);
/** Changes some bytes of a stored file. */
const damage = (page, folder, name) => page.evaluate(async ([folder, name]) => {
  const file = await (await (await navigator.storage.getDirectory()).getDirectoryHandle(folder)).getFileHandle(name);
  const {size} = await file.getFile();
  const writable = await file.createWritable({keepExistingData: true});
  await writable.write({type: 'write', position: size - 99, data: new Uint8Array(16).fill(77)});
  await writable.close();
}, [folder, name]);

test('faults.md: every row names tests that exist', async () => {
  const here = new URL('./', import.meta.url);
  const rows = (await readFile(new URL('faults.md', here), 'utf8')).split('\n').filter((line) => line.startsWith('| ')).slice(1);
  assert.ok(rows.length > 20, `${rows.length} rows`);
  for (const row of rows) {
    const tests = [...row.matchAll(/`([\w.]+\.test\.js)`: (.*?)(?= \||; `)/g)];
    assert.ok(tests.length > 0, `no test: ${row}`);
    for (const [, file, title] of tests) {
      const code = (await readFile(new URL(file, here), 'utf8')).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');  // without its comments
      assert.ok(code.includes(title), `${file}: ${title}`);
    }
  }
});

describe('faults', () => {
  const there = servedSite();

  test('random calls in random order: each settles with a result or a code that it may give, and the page still trains', async () => {
    const {page, context, complaints} = await there.open();
    const seed = Date.now() % 1e9;
    const seen = await page.evaluate(async ({count, seed}) => {
      let random = seed;
      const next = (below) => (random = (random * 1103515245 + 12345) & 0x7fffffff) % below;
      const unhandled = [];
      addEventListener('unhandledrejection', ({reason}) => unhandled.push(String(reason)));
      const aborting = (work) => {
        const abort = new AbortController();
        const promise = work(abort.signal);
        setTimeout(() => abort.abort(), next(50));
        return promise;
      };
      /** A name, the codes a call may fail with, and the call. */
      const calls = [
        ['load', 'busy cancelled', () => playground.load({source: 'sample', limit: 20 + next(100)})],
        ['load', 'busy cancelled', () => aborting((signal) => playground.load({source: 'sample', signal}))],
        ['load kept', 'busy cancelled not_found', () => playground.load({source: 'kept'})],
        ['load cifar10', 'busy cancelled network not_found', () => playground.load({source: 'cifar10'})],
        ['load nowhere', 'busy cancelled network not_found', () => playground.load({source: `nowhere-${next(9)}.bin`})],
        ['build', 'busy', () => playground.build(['tutorial', 'tutorial_small'][next(2)])],
        ['build nonsense', 'busy bad_argument', () => playground.build('nonsense')],
        ['summary', 'no_model', () => playground.summary()],
        ['fit', 'busy cancelled no_data no_model bad_argument', () => playground.fit({epochs: 1 + next(3), batch_size: 1 + next(40), seed: next(9)})],
        ['fit', 'busy cancelled no_data no_model bad_argument', () => aborting((signal) => playground.fit({epochs: 100, signal}))],
        ['fit with a bad batch_size', 'busy no_data no_model bad_argument', () => playground.fit({batch_size: -next(9)})],
        ['pause', 'no_training', () => playground.pause()],
        ['resume', 'no_training', () => playground.resume()],
        ['step', 'no_training cancelled', () => playground.step()],
        ['stop', '', () => playground.stop()],
        ['evaluate', 'busy cancelled no_data no_model', () => playground.evaluate({split: ['train', 'test'][next(2)]})],
        ['evaluate', 'busy cancelled no_data no_model', () => aborting((signal) => playground.evaluate({signal}))],
        ['evaluate no split', 'busy no_data no_model bad_argument', () => playground.evaluate({split: 'none'})],
        ['predict', 'cancelled no_model', () => playground.predict(new Uint8Array(3072 * (1 + next(4))))],
        ['predict a piece', 'bad_argument', () => playground.predict(new Uint8Array(next(9)))],
        ['export', 'no_model', () => playground.export(['safetensors', 'tfjs', 'onnx', 'checkpoint'][next(4)])],
        ['export none', 'no_model bad_argument', () => playground.export('none')],
        ['import', 'busy no_model', () => playground.export('safetensors').then(({files}) => playground.import(files))],
        ['import garbage', 'busy bad_model_file', () => playground.import({'x.bin': new Uint8Array(next(99))})],
        ['status', '', async () => playground.status()],
        // Only a trainer that has answered: after three in a row that end before that, the page gives up.
        ['kill', '', async () => next(10) === 0 && playground.status().backend ? trainer.kill() : null],
      ];
      const promises = [];
      for (let i = 0; i < count; ++i) {
        const [name, codes, call] = calls[next(calls.length)];
        // The trainer may be killed during any call.
        const expected = ['worker_gone', ...codes.split(' ')];
        promises.push(call().then(() => null, ({code, message}) => (expected.includes(code) ? null : `${name}: ${code}: ${message}`)));
        if (next(3) === 0) await new Promise((resolve) => setTimeout(resolve, next(30)));
      }
      const resuming = setInterval(() => playground.resume().then(() => playground.stop()).catch(() => {}), 200);  // in case the last call left it paused
      const outcomes = await Promise.all(promises);
      clearInterval(resuming);
      await playground.stop();
      await playground.load({source: 'sample', limit: 50});
      await playground.build('tutorial_small');
      const rows = (await playground.fit({epochs: 1, batch_size: 25})).length;
      return {unhandled, rows, unexpected: [...new Set(outcomes)].filter(Boolean)};
    }, {count: RANDOM_CALLS, seed});
    assert.deepEqual(seen.unhandled, [], `seed ${seed}`);
    assert.equal(seen.rows, 1, `seed ${seed}`);
    assert.deepEqual(seen.unexpected, [], `seed ${seed}`);
    assert.deepEqual(complaints.filter((text) => !/404|Failed to load resource/.test(text)), [], `seed ${seed}`);
    await context.close();
  });

  test('reloaded again and again in the middle of things: it starts every time, the kept training is whole', async () => {
    const {page, context, complaints} = await there.open();
    for (let i = 0; i < RELOADS; ++i) {
      await page.evaluate(async () => {
        await playground.load({source: 'sample', limit: 60});
        await playground.build('tutorial_small');
        playground.fit({epochs: 5000, batch_size: 20}).catch(() => {});
      });
      await until(page, async () => await keptTraining.newest() !== null);
      await page.reload();
      await whenReady(page);
    }
    const restored = await page.evaluate(async () => {
      const kept = await keptTraining.newest();
      const {history} = await keptTraining.restore();
      return {epoch: kept.epoch, rows: history.length};
    });
    assert.equal(restored.rows, restored.epoch);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a break between two epochs changes no bit of the run', async () => {
    const {page, context} = await there.open();
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 60});
      await playground.build('tutorial_small');
      await playground.fit({epochs: 4, batch_size: 20, seed: 3});
    });
    const whole = await page.evaluate(WHAT_WAS_TRAINED);
    await page.evaluate(async () => {
      await playground.build('tutorial_small');
      await playground.fit({epochs: 2, batch_size: 20, seed: 3});
      await keptTraining.written();
    });
    await page.reload();
    await whenReady(page);
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 60});
      await keptTraining.restore();
      await playground.fit({continue: true, epochs: 4});
    });
    assert.equal(whole.rows.length, 4);
    assert.deepEqual(await page.evaluate(WHAT_WAS_TRAINED), whole);
    await context.close();
  });

  test('the record recipe, reloaded after an epoch, ends with the bits of the run that was not', async () => {
    const whole = await there.open();
    await whole.page.evaluate(RUN_RECIPE);
    const expected = await whole.page.evaluate(WHAT_WAS_TRAINED);
    await whole.context.close();
    assert.equal(expected.rows.length, 3);
    assert.equal(typeof expected.rows[2].tta_accuracy, 'number');

    const {page, context} = await there.open();
    await page.evaluate(() => playground.addEventListener('epoch', () => playground.pause(), {once: true}));
    await page.evaluate(`(${RUN_RECIPE})().catch(() => {}); undefined`);
    await until(page, async () => await keptTraining.newest() !== null);
    await page.reload();
    await whenReady(page);
    const begun = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 40});
      const {history} = await keptTraining.restore();
      await playground.fit({continue: true});
      return history.length;
    });
    assert.ok(begun === 1 || begun === 2, `it continued after epoch ${begun}`);
    assert.deepEqual(await page.evaluate(WHAT_WAS_TRAINED), expected);
    await context.close();
  });

  test('the WebGL context is lost and comes back: training continues, the app draws again', async () => {
    const {page, context} = await there.open();
    const seen = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 100});
      await playground.build('tutorial_small');
      const fitting = playground.fit({epochs: 400, batch_size: 20});
      const canvas = document.querySelector('#canvas');
      const extension = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
      const event = (name) => new Promise((resolve) => canvas.addEventListener(name, resolve, {once: true}));
      const lost = event('webglcontextlost');
      extension.loseContext();
      await lost;
      const before = playground.status().history.length;
      await new Promise((resolve) => playground.addEventListener('epoch', resolve, {once: true}));
      const during = playground.status().history.length;
      const restored = event('webglcontextrestored');
      extension.restoreContext();
      await restored;
      const frames = app._app_frames();
      await new Promise((resolve) => {
        const look = () => (app._app_frames() > frames ? resolve() : requestAnimationFrame(look));
        look();
      });
      await playground.stop();
      await fitting;
      return {before, during};
    });
    assert.ok(seen.during > seen.before);
    await context.close();
  });

  test('two tabs: both train, both keep their page going', async () => {
    const {page, context} = await there.open();
    const second = await context.newPage();
    await second.goto(there.site.origin);
    await whenReady(second);
    const train = (tab) => tab.evaluate(async () => {
      await playground.load({source: 'sample', limit: 60});
      await playground.build('tutorial_small');
      const rows = (await playground.fit({epochs: 3, batch_size: 20})).length;
      await keptTraining.written();
      return rows;
    });
    assert.deepEqual(await Promise.all([train(page), train(second)]), [3, 3]);
    assert.equal((await page.evaluate(() => keptTraining.newest())).epoch, 3);
    await context.close();
  });

  test('the worker ends without a word during an epoch: the fit rejects, its successor has the last checkpoint', async () => {
    const {page, context} = await there.open();
    await page.evaluate(TRAIN_SLOWLY);
    await until(page, async () => await keptTraining.newest() !== null);
    const told = toldOf(page, 'worker_gone');
    const worker = page.workers().find((worker) => worker.url().endsWith('/worker.js'));
    worker.evaluate(() => self.close()).catch(() => {});
    assert.equal(await page.evaluate(() => window.fitting.then(() => 'done', ({code}) => code)), 'worker_gone');
    const [, epoch] = /as it was after epoch (\d+)/.exec((await told).message);
    const epochs = await page.evaluate(async () => {
      const going = playground.fit({continue: true});
      await new Promise((resolve) => playground.addEventListener('epoch', resolve, {once: true}));
      await playground.stop();
      return (await going).map(({epoch}) => epoch);
    });
    assert.deepEqual(epochs, epochs.map((_, i) => i + 1));
    assert.ok(epochs.length > Number(epoch), `${epochs.length} epochs, restored ${epoch}`);
    await context.close();
  });

  test('the trainer ends after a model was opened, and after its pixel range changed: the weights in use come back', async () => {
    const {page, context} = await there.open();
    const pairs = await page.evaluate(async () => {
      const result = async () => {
        const {loss, confusion_matrix} = await playground.evaluate();
        return JSON.stringify([loss, confusion_matrix]);
      };
      let told = () => {};
      trainer.observe(({type, args}) => type === 'failure' && args.code === 'worker_gone' && told());
      const restarted = () => new Promise((resolve) => {
        told = resolve;
        trainer.kill();
      });
      await playground.load({source: 'sample', limit: 50});
      await playground.build('tutorial_small');
      await playground.fit({epochs: 1, batch_size: 25});
      const {files} = await playground.export('safetensors');
      await playground.build('tutorial_small');
      const pairs = [];
      for (const change of [() => playground.import(files), () => playground.inputRange('0..255')]) {
        await change();
        const before = await result();
        await restarted();
        pairs.push([await result(), before]);
      }
      return pairs;
    });
    for (const [after, before] of pairs) assert.equal(after, before);
    await context.close();
  });

  test('the network is lost during a training: it continues, and a load fails with a message', async () => {
    const {page, context} = await there.open();
    await page.evaluate(TRAIN_SLOWLY);
    await context.setOffline(true);
    const before = await page.evaluate(() => playground.status().history.length);
    await until(page, async (before) => playground.status().history.length > before + 1, before);
    await page.evaluate(() => playground.stop());
    const error = await page.evaluate(() => playground.load({source: 'data/other.bin'}).catch(({code, message}) => ({code, message})));
    assert.equal(error.code, 'network');
    assert.equal(await page.evaluate(async () => (await trainer.request('dataset')).args.train.count), 100);
    await context.close();
  });

  test('storage full: one message that the training is not stored, and the training finishes', async () => {
    const {page, context} = await there.open();
    const session = await context.newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', {origin: there.site.origin, quotaSize: 10_000});
    const told = toldOf(page, 'storage_full');
    const rows = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 50});
      await playground.build('tutorial');
      return (await playground.fit({epochs: 2, batch_size: 25})).length;
    });
    assert.match((await told).message, /Epoch 1 of the training could not be kept in this browser: .*no storage left/);
    assert.equal(rows, 2);
    assert.equal(await page.evaluate(() => keptTraining.newest()), null);
    await context.close();
  });

  test('storage is cleared under the page: training continues, and the next epoch is stored again', async () => {
    const {page, context, complaints} = await there.open();
    await page.evaluate(TRAIN_SLOWLY);
    await until(page, async () => await keptTraining.newest() !== null);
    const epoch = await page.evaluate(async () => (await keptTraining.newest()).epoch);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.clearDataForOrigin', {origin: there.site.origin, storageTypes: 'all'});
    await until(page, async (epoch) => ((await keptTraining.newest())?.epoch ?? 0) > epoch, epoch);
    assert.match(await page.evaluate(() => playground.status().state), /^(training|validating)$/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a damaged checkpoint: the previous one is used; if both are damaged, an error message', async () => {
    const {page, context} = await there.open();
    const {place, other, before} = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 50});
      await playground.build('tutorial_small');
      await playground.fit({epochs: 1, batch_size: 25});
      await playground.fit({continue: true, epochs: 3});
      await keptTraining.written();
      const {tab, sequence} = await keptTraining.newest();
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('session');
      const names = [];
      for await (const name of folder.keys()) if (name.startsWith(tab)) names.push(name);
      const [place, other] = [sequence % 2, 1 - sequence % 2].map((end) => names.find((name) => name.endsWith(`.${end}.json`)).replace('.json', ''));
      const about = await (await folder.getFileHandle(`${other}.json`)).getFile();
      return {place, other, before: JSON.parse(await about.text()).epoch};
    });
    await damage(page, 'session', `${place}.safetensors`);
    assert.equal((await page.evaluate(() => keptTraining.restore())).history.length, before);
    await damage(page, 'session', `${other}.safetensors`);
    const error = await page.evaluate(() => keptTraining.restore().catch(({code, message}) => ({code, message})));
    assert.equal(error.code, 'bad_model_file');
    assert.match(error.message, /kept in the browser is damaged/);
    await context.close();
  });

  test('the worker that decodes pictures ends: the load fails with a sentence, and the next one works', async () => {
    const {page, context} = await there.open({
      serviceWorkers: 'block',  // its requests cannot be held
      prepare: (page) => page.addInitScript(() => {
        const Original = Worker;
        globalThis.Worker = function(url, options) {
          const worker = new Original(url, options);
          if (options.name.includes('data_worker')) globalThis.dataWorker = worker;
          return worker;
        };
      }),
    });
    await context.route(/\/mirror\//, () => {});  // never answered
    await page.evaluate((url) => {
      window.loading = playground.load({source: 'huggingface', url}).catch(({code, message}) => ({code, message}));
    }, `${there.site.origin}/mirror/`);
    // The page watches this worker and the one that writes files.
    await until(page, async () => (await navigator.locks.query()).pending.filter(({name}) => name.startsWith('worker ')).length === 2);
    const failed = await page.evaluate(() => (dataWorker.terminate(), loading));
    assert.equal(failed.code, 'failed');
    assert.match(failed.message, /Decoding pictures failed: the browser ended its worker/);
    assert.equal(await train(page), 1);
    await context.close();
  });

  test('the clock jumps back: speed and time left stay sane', async () => {
    const {page, context} = await there.open({
      prepare: (page) => page.addInitScript(() => {
        const now = Date.now.bind(Date);
        let jumped = 0;
        Date.now = () => now() - jumped;
        globalThis.jump = () => void (jumped = 3600_000);
      }),
    });
    const status = await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 100});
      const fitting = playground.fit({epochs: 2, batch_size: 10});
      await new Promise((resolve) => playground.addEventListener('step', resolve, {once: true}));
      jump();
      await fitting;
      return playground.status();
    });
    assert.ok(status.images_per_second > 0);
    for (const {seconds} of status.history) assert.ok(seconds > 0 && seconds < 600, `${seconds}`);
    await context.close();
  });
});
