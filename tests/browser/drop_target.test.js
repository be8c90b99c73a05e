// Files on their way in: dropped, pasted, from the camera. Every failure is reported once. No browser needed.
import assert from 'node:assert/strict';
import * as buffer from 'node:buffer';
import {test} from 'node:test';

import {acceptDrops} from '../../shell/site/page/drop_target.js';
import {createOwnPicture} from '../../shell/site/page/own_picture.js';

globalThis.File ??= buffer.File;  // Node 18 has no global one
const turn = () => new Promise((resolve) => setImmediate(resolve));
const settled = async () => { for (let i = 0; i < 5; ++i) await turn(); };
const refused = Object.assign(new Error('A requested file or directory could not be found.'), {name: 'NotReadableError', code: 0});

/** Entries as a browser gives them. */
const fileEntry = (name, file = new File(['x'], name)) => ({
  name, isFile: true, file: (done, fail) => queueMicrotask(() => (file instanceof Error ? fail(file) : done(file))),
});
const folderEntry = (name, children) => ({
  name, isFile: false,
  createReader() {
    let read = false;
    return {readEntries: (done, fail) => queueMicrotask(() => {
      if (children instanceof Error) return fail(children);
      done(read ? [] : children);
      read = true;
    })};
  },
});

/** Drops entries; returns what was taken and what was reported. */
async function drop(entries, {take = async () => {}} = {}) {
  const window = new EventTarget();
  const taken = [], told = [], unhandled = [];
  const onUnhandled = (error) => unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  acceptDrops(window, async (files) => {
    taken.push(...files.map(({path}) => path));
    await take();
  }, (error) => told.push(error));
  window.dispatchEvent(Object.assign(new Event('drop', {cancelable: true}), {
    dataTransfer: {types: ['Files'], items: entries.map((entry) => ({webkitGetAsEntry: () => entry, getAsFile: () => null}))},
  }));
  await settled();
  process.off('unhandledRejection', onUnhandled);
  return {taken, told, unhandled};
}

test('a dropped folder: all its files, by path', async () => {
  const {taken, told} = await drop([folderEntry('zoo', [folderEntry('ant', [fileEntry('1.png'), fileEntry('2.png')]), fileEntry('readme')])]);
  assert.deepEqual(taken, ['zoo/ant/1.png', 'zoo/ant/2.png', 'zoo/readme']);
  assert.deepEqual(told, []);
});

for (const [what, entry, path] of [
  ['a folder', folderEntry('zoo', refused), 'zoo'],
  ['a folder in a folder', folderEntry('zoo', [folderEntry('ant', refused)]), 'zoo/ant'],
  ['a file', fileEntry('one.png', refused), 'one.png'],
  ['a file in a folder', folderEntry('zoo', [fileEntry('1.png'), fileEntry('2.png', refused)]), 'zoo/2.png'],
]) {
  test(`${what} that cannot be read is reported, and nothing is loaded`, async () => {
    const {taken, told, unhandled} = await drop([entry]);
    assert.deepEqual(unhandled, []);
    assert.deepEqual(taken, []);
    assert.deepEqual(told.map(({code, message}) => [code, message]),
        [['bad_data', `${path} cannot be read (A requested file or directory could not be found.); check that it still exists and that you have permission to read it.`]]);
  });
}

test('an error while loading the files is reported in the same way', async () => {
  const {told, unhandled} = await drop([fileEntry('a.png')], {take: async () => { throw refused; }});
  assert.deepEqual([told, unhandled], [[refused], []]);
});

test('a pasted picture and a frame of the camera that fail are reported, and the camera stops', async (context) => {
  const track = Object.assign(new EventTarget(), {stopped: false, stop() { this.stopped = true; }});
  const document = Object.assign(new EventTarget(), {createElement: () => ({play: async () => {}, videoWidth: 4, videoHeight: 4})});
  let tick = () => {};
  const window = Object.assign(new EventTarget(), {
    document, createImageBitmap: async () => { throw new Error('no picture'); },
    setInterval: (work) => (tick = work, 1), clearInterval() {},
    navigator: {mediaDevices: {getUserMedia: async () => ({getTracks: () => [track], getVideoTracks: () => [track]})}},
  });
  globalThis.OffscreenCanvas = class { getContext() { throw new Error('no memory for a picture'); } };
  context.after(() => delete globalThis.OffscreenCanvas);
  const told = [], events = [];
  const own = createOwnPicture({window, emit: (event) => events.push(event.type), chooseFiles: async () => [], tell: (error) => told.push(error.message)});
  document.dispatchEvent(Object.assign(new Event('paste', {cancelable: true}), {clipboardData: {files: [new File(['x'], 'x.png', {type: 'image/png'})]}}));
  await settled();
  assert.deepEqual(told, ['the clipboard: the browser cannot decode it: it is not a picture.']);
  await own.picture({from: 'camera'});
  tick();
  await settled();
  assert.deepEqual(told.slice(1), ['no memory for a picture']);
  assert.ok(track.stopped);
  assert.deepEqual(events, ['camera']);
});
