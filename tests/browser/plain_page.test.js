// The text version: what it shows belongs to the data, network and training in use. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {startPlainPage, statusSentence} from '../../shell/site/page/plain_page.js';
import {predictionSentence} from '../../shell/site/page/plain_prediction.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const READY = {state: 'ready', epoch: 0, epochs: 0, step: 0, steps_per_epoch: 0, loss: null, accuracy: null, images_per_second: 0, history: []};
const EVALUATION = {split: 'test', confusion_matrix: [[1, 2], [3, 4]], per_class: [{name: 'cat', support: 3}, {name: 'dog', support: 7}]};
const DATASET = {label: 'other', train: {count: 5}, test: {count: 2}};

/** As much of an element as the page uses. */
function element() {
  const listeners = {}, attributes = {};
  return {
    textContent: '', value: '3', attributes, hidden: false, disabled: false, children: [], classList: {toggle() {}, add() {}, remove() {}},
    append(...more) { this.children.push(...more); },
    replaceChildren(...children) { this.children = children; },
    setAttribute(name, value) { attributes[name] = value; },
    getAttribute: (name) => attributes[name] ?? null,
    focus() {},
    addEventListener(type, listener) { listeners[type] = listener; },
    click() { listeners.click(); },
  };
}

function page(calls = {}, {mayReplace = async () => true} = {}) {
  const parts = {};
  const part = (selector) => (parts[selector] ??= element());
  const document = {createElement: element, createElementNS: element, querySelector: part};
  let tell = () => {}, status = READY, reads = 0;
  startPlainPage({
    root: {...element(), ownerDocument: document, querySelector: part},
    playground: {status: () => (++reads, status), ...calls}, besideCanvas: false, observe: (observer) => { tell = observer; }, mayReplace,
  });
  return {
    part, say: (type, args = {}) => tell({type, args, payloads: []}), press: (id) => part(`#plain-${id}`).click(),
    be(changed) { status = {...READY, ...changed}; }, message: () => part('#plain-message').textContent, reads: () => reads,
  };
}

for (const [what, type, args] of [
  ['data set', 'dataset', DATASET],
  ['network', 'model', {config: {}, summary: {rows: [], total: 0}}],
]) {
  test(`another ${what}: confusion matrix and scores of the previous one are gone`, () => {
    const {part, say} = page();
    say('evaluation', EVALUATION);
    say('state', {state: 'ready', epoch: 1});  // shows what waits
    assert.equal(part('#plain-matrix').children.length, 3);
    say(type, args);
    assert.deepEqual([part('#plain-matrix').children, part('#plain-scores').children], [[], []]);
  });
}

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
  assert.equal(statusSentence({...READY, state: 'training'}), 'training: before the first step.');
  const history = [{epoch: 1, loss: 2, accuracy: 0.1}, {epoch: 2, loss: 1.5, accuracy: 0.25}];
  assert.equal(statusSentence({...READY, epoch: 2, epochs: 5, history}), 'Ready to train. Trained so far: 2 of 5 epochs, loss 1.5000, accuracy 25.0 %.');
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

const TRAINER = {
  presets: [{name: 'tutorial', title: 'The tutorial', help: '', fit: {}}, {name: 'vgg', title: 'VGG', help: 'Deeper.', fit: {epochs: 7, batch_size: 64, optimizer: {class_name: 'SGD', config: {momentum: 0.9, learning_rate: 0.1}}}}],
  optimizers: [{class_name: 'Adam'}, {class_name: 'SGD'}],
  fit_fields: [{name: 'optimizer', default: 'Adam'}, {name: 'learning_rate', default: null}, {name: 'batch_size', default: 32}],
};

/** The text version with the trainer's lists; `fits` has the options of each training. */
function settingsPage(options = {}) {
  const fits = [], built = [];
  const opened = page({fit: async (args) => void fits.push(args), build: async (preset) => void built.push(preset)}, options);
  opened.say('trainer_ready', TRAINER);
  opened.say('state', {state: 'ready', epoch: 0});
  return {...opened, fits, built, enter: (id, value) => { opened.part(`#plain-${id}`).value = value; }, shown: (...ids) => ids.map((id) => opened.part(`#plain-${id}`).value)};
}

test('a network is chosen and built: its recommended options are shown, and are those of the training', async () => {
  const {enter, press, shown, fits, built, part} = settingsPage();
  assert.deepEqual(shown('optimizer', 'rate', 'batch'), ['Adam', '', '32']);
  enter('preset', 'vgg');
  press('build');
  await turn();
  assert.deepEqual(built, ['vgg']);
  assert.equal(part('#plain-news').textContent, 'VGG is built, with new weights.');
  assert.deepEqual(shown('optimizer', 'rate', 'batch', 'epochs'), ['SGD', '0.1', '64', 7]);
  enter('epochs', '2');
  enter('rate', '0,05');
  press('train');
  await turn();
  assert.deepEqual(fits, [{batch_size: 64, optimizer: TRAINER.presets[1].fit.optimizer, learning_rate: 0.05, epochs: 2}]);
});

test('trained weights are not replaced without an answer', async () => {
  const {enter, press, built} = settingsPage({mayReplace: async () => false});
  enter('preset', 'vgg');
  press('build');
  await turn();
  assert.deepEqual(built, []);
});

for (const [id, value, sentence] of [
  ['rate', 'fast', 'Learning rate is "fast"; enter a number from 0 to 1,000,000.'],
  ['batch', '0', 'Batch size is "0"; enter a whole number from 1 to 100,000.'],
  ['batch', '', 'Batch size is empty; enter a whole number from 1 to 100,000.'],
  ['epochs', '-3', 'Epochs is "-3"; enter a number from 0.01 to 100,000.'],
]) {
  test(`a value that does not fit is marked, and nothing trains: ${id} "${value}"`, async () => {
    const {enter, press, message, part, fits} = settingsPage();
    enter(id, value);
    press('train');
    await turn();
    assert.equal(message(), sentence);
    assert.deepEqual([fits, part(`#plain-${id}`).attributes['aria-invalid']], [[], 'true']);
  });
}

test('a training that continues keeps its options except for what was changed since', async () => {
  const {enter, press, be, say, fits} = settingsPage();
  say('run', {batch_size: 20, optimizer: 'SGD', learning_rate: 0.5, history: [], global_step: 0});
  be({history: [{epoch: 1}, {epoch: 2}]});
  enter('epochs', '1');
  press('train');
  await turn();
  enter('batch', '40');
  press('train');
  await turn();
  assert.deepEqual(fits, [{continue: true, epochs: 3}, {continue: true, epochs: 3, batch_size: 40}]);
});

test('a button that cannot be pressed now keeps the focus, and does nothing', async () => {
  const {press, be, say, part, fits} = settingsPage();
  be({state: 'training'});
  say('state', {state: 'training', epoch: 0});
  assert.deepEqual(['train', 'pause', 'stop'].map((id) => part(`#plain-${id}`).attributes['aria-disabled']), ['true', 'false', 'false']);
  assert.equal(part('#plain-train').disabled, false);
  press('train');
  await turn();
  assert.deepEqual(fits, []);
});

test('epochs are announced at most every few seconds, the newest first', (context) => {
  context.mock.timers.enable({apis: ['setTimeout']});
  const {say, part} = page();
  const heard = [];
  for (let epoch = 1; epoch <= 100; ++epoch) {
    say('epoch', {epoch, accuracy: 0.5});
    context.mock.timers.tick(200);
    const text = part('#plain-news').textContent;
    if (text !== heard.at(-1)) heard.push(text);
  }
  assert.ok(heard.length > 2 && heard.length <= 5, `${heard.length}`);
  context.mock.timers.tick(10_000);
  assert.match(part('#plain-news').textContent, /^Epoch 100:/);
});

test('a prediction names the picture, the classes and whether it is right', () => {
  const names = ['cat', 'dog', 'ship', 'frog'];
  assert.equal(predictionSentence({split: 'test', index: 2, label: 1, probabilities: [0.1, 0.625, 0.2, 0.075], names}),
               'Test picture 2 is predicted as dog, 62.5 %. Its true class is dog: right. Next: ship, 20.0 %; cat, 10.0 %.');
  assert.equal(predictionSentence({split: 'train', index: 0, label: 0, probabilities: [0.25, 0.75], names: ['a', 'b']}),
               'Training picture 0 is predicted as b, 75.0 %. Its true class is a, 25.0 %: wrong. Next: a, 25.0 %.');
});
