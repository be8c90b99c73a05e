// The text version: what it shows belongs to the data, network and training in use. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {startPlainPage, statusSentence} from '../../shell/site/page/plain_page.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const READY = {state: 'ready', epoch: 0, epochs: 0, step: 0, steps_per_epoch: 0, loss: null, accuracy: null, images_per_second: 0, history: []};
const EVALUATION = {split: 'test', confusion_matrix: [[1, 2], [3, 4]], per_class: [{name: 'cat', support: 3}, {name: 'dog', support: 7}]};
const DATASET = {label: 'other', train: {count: 5}, test: {count: 2}};

/** As much of an element as the page uses. */
function element() {
  const listeners = {};
  return {
    textContent: '', value: '3', hidden: false, disabled: false, children: [], classList: {toggle() {}, remove() {}},
    append(...more) { this.children.push(...more); },
    replaceChildren(...children) { this.children = children; },
    setAttribute() {}, focus() {},
    addEventListener(type, listener) { listeners[type] = listener; },
    click() { listeners.click(); },
  };
}

function page(calls = {}) {
  const parts = {};
  const part = (selector) => (parts[selector] ??= Object.assign(element(), {focus() { document.activeElement = this; }}));
  const document = {activeElement: null, createElement: element, createElementNS: element, querySelector: part};
  let tell = () => {}, status = READY, reads = 0;
  startPlainPage({
    root: {...element(), ownerDocument: document, querySelector: part},
    playground: {status: () => (++reads, status), ...calls}, besideCanvas: false, observe: (observer) => { tell = observer; },
  });
  return {
    part, focused: () => document.activeElement, say: (type, args = {}) => tell({type, args, payloads: []}), press: (id) => part(`#plain-${id}`).click(),
    be(changed) { status = {...READY, ...changed}; }, message: () => part('#plain-message').textContent, reads: () => reads,
  };
}

for (const [what, type, args] of [
  ['data set', 'dataset', DATASET],
  ['network', 'model', {config: {}, summary: {rows: [], total: 0}}],
]) {
  test(`another ${what}: confusion matrix and scores of the one before are gone`, () => {
    const {part, say} = page();
    say('evaluation', EVALUATION);
    say('state', {state: 'ready', epoch: 1});  // shows what waits
    assert.equal(part('#plain-matrix').children.length, 3);
    say(type, args);
    assert.deepEqual([part('#plain-matrix').children, part('#plain-scores').children], [[], []]);
  });
}

test('a button that is switched off while it has the focus hands it to one that is on', () => {
  const {part, say, be, focused} = page();
  part('#plain-train').focus();
  for (const [state, next] of [['training', '#plain-pause'], ['paused', '#plain-train'], ['training', '#plain-pause'], ['ready', '#plain-train']]) {
    be({state});
    say('state', {state});
    assert.equal(focused(), part(next), state);
    assert.equal(part(next).disabled, false, state);
  }
  part('#plain-stop').focus();
  be({state: 'ready'});
  say('state', {state: 'ready'});
  assert.equal(focused(), part('#plain-train'));
});

test('an error stays until a later press succeeds, in whatever order they end', async () => {
  const running = [];
  const {press, message} = page({
    fit: () => new Promise((resolve, reject) => running.push({resolve, reject})),
    stop: async () => {},
  });
  press('train');
  press('train');
  press('stop');
  press('train');
  running[1].reject(new Error('A training run is not finished.'));
  await turn();
  assert.equal(message(), 'A training run is not finished.');
  running[0].resolve([]);  // pressed before
  await turn();
  assert.equal(message(), 'A training run is not finished.');
  running[2].resolve([]);
  await turn();
  assert.equal(message(), '');
});

test('a message that is no error of a press stays', async () => {
  let end = () => {};
  const {press, message, say} = page({fit: () => new Promise((resolve) => { end = resolve; })});
  press('train');
  say('load_waits', {label: 'cats'});
  end([]);
  await turn();
  assert.match(message(), /^cats is loaded/);
});

test('a training that was restored says how far it is', () => {
  assert.equal(statusSentence(READY), 'Ready to train.');
  const history = [{epoch: 1, loss: 2, accuracy: 0.1}, {epoch: 2, loss: 1.5, accuracy: 0.25}];
  assert.equal(statusSentence({...READY, epoch: 2, history}), 'Ready to train. Trained so far: 2 epochs, loss 1.5000, accuracy 25.0%.');
});

test('epochs faster than they can be read are drawn together; the end of the training is drawn at once', async () => {
  const {say, be, reads, part} = page();
  say('state', {state: 'training', epoch: 0});
  const before = reads();
  for (let epoch = 1; epoch <= 500; ++epoch) {
    be({state: 'training', history: [{epoch}]});
    say('epoch', {epoch});
    say('state', {state: epoch % 2 ? 'validating' : 'training', epoch});
  }
  assert.equal(reads(), before);
  be({history: [{epoch: 500, loss: 1, accuracy: 1}]});
  say('state', {state: 'ready', epoch: 500});
  assert.ok(reads() > before);
  assert.match(part('#plain-status').textContent, /500 epochs/);
});
