// The app fails, in Node with fakes: it is started again on a new canvas, a few times; then the text version takes its place.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {startWorkbench} from '../../shell/site/page/workbench.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A page with a workbench whose app fails when the test says so. */
async function page({main = async () => {}} = {}) {
  const canvases = [], starts = [], told = [], asked = [];
  let now = 0;
  let gone = 0;
  const canvas = () => {
    const made = {
      hidden: true, released: 0, cloneNode: canvas, ownerDocument: {activeElement: null}, focus() {},
      replaceWith: (fresh) => canvases.push(fresh),
      getContext: () => ({getExtension: () => ({loseContext: () => ++made.released})}),
    };
    return made;
  };
  canvases.push(canvas());
  const window = Object.assign(new EventTarget(), {
    document: {querySelector: () => canvases[0]}, performance: {now: () => now}, location: {hash: '#link'},
    requestAnimationFrame: (work) => setImmediate(work), setTimeout: (work) => setImmediate(work),
  });
  const workbench = await startWorkbench({
    window, trainer: {observe: () => () => {}},
    async create(options) {
      starts.push(options);
      await main(starts.length);
      return {number: starts.length, started: true};
    },
    pageRequests: {picture: async (args) => void asked.push(args.from)},
    tell: ({code, message}) => told.push([code, message]), onGone: () => ++gone,
  });
  const fail = async () => {
    starts.at(-1).onAbort('fault');
    for (let i = 0; i < 6; ++i) await turn();
  };
  return {workbench, canvases, starts, told, asked, fail, later: (ms) => { now += ms; }, gone: () => gone};
}

test('it is restarted on a new canvas, without the link of the first start, with a message', async () => {
  const {workbench, canvases, starts, told, asked, fail} = await page();
  assert.deepEqual([starts[0].hash, starts[0].canvas], ['#link', canvases[0]]);
  await fail();
  assert.equal(workbench.module().number, 2);
  assert.deepEqual([starts[1].hash, starts[1].canvas], ['', canvases[1]]);
  assert.deepEqual([canvases[0].released, canvases[1].hidden], [1, false]);
  assert.deepEqual(asked, ['nothing']);
  assert.equal(told.length, 1);
  assert.match(told[0].join(), /^app_gone,The workbench failed \(fault\) and was restarted\. Network, training and data are untouched/);
});

test('after repeated failures, the text version replaces it', async () => {
  const {workbench, canvases, told, fail, gone} = await page();
  for (let i = 0; i < 4; ++i) await fail();
  assert.deepEqual(told.map(([code]) => code), ['app_gone', 'app_gone', 'app_gone', 'no_app']);
  assert.deepEqual([workbench.module(), canvases.at(-1).hidden, gone()], [undefined, true, 1]);
  workbench.openLink('#x');
});

test('failures long after one another do not add up', async () => {
  const {told, fail, later} = await page();
  for (let i = 0; i < 6; ++i) {
    later(3_600_000);
    await fail();
  }
  assert.deepEqual(told.map(([code]) => code), Array(6).fill('app_gone'));
});

test('a start that fails counts as well', async () => {
  const {workbench, told, fail, gone} = await page({main: async (number) => {
    if (number > 1) throw new Error('no network');
  }});
  await fail();
  for (let i = 0; i < 10; ++i) await turn();
  assert.deepEqual(told.map(([code]) => code), ['no_app']);
  assert.match(told[0][1], /no network/);
  assert.deepEqual([workbench.module(), gone()], [undefined, 1]);
});
