// Events of the trainer on their way to the page's parts. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createTrainerService} from '../../shell/site/trainer/trainer_service.js';

/** A service whose trainer says what the test says, and the console's errors. */
function service(context) {
  const complaints = [];
  context.mock.method(console, 'error', (error) => complaints.push(error));
  let say;
  let end;
  const asked = [];
  const made = createTrainerService((onEvent, onEnd) => {
    [say, end] = [onEvent, onEnd];
    return {hello: new Promise(() => {}), call: async (type) => void asked.push(type), kill() {}};
  });
  return {...made, complaints, say: (type, args = {}) => say({type, args, payloads: []}), end: () => end({code: 'worker_gone', message: 'gone', cause: 'test'})};
}
const types = (events) => events.map(({type}) => type);

test('an observer that throws does not affect others, and is reported once', (context) => {
  const {observe, say, complaints} = service(context);
  const before = [], after = [];
  observe((event) => before.push(event));
  observe(({type}) => {
    if (type === 'step' || type === 'failure') throw new TypeError('its own fault');
  });
  observe((event) => after.push(event));
  say('step');
  say('step');
  assert.deepEqual(types(before), ['step', 'failure', 'step']);
  assert.deepEqual(types(after), ['failure', 'step', 'step']);
  assert.match(after[0].args.message, /event "step": its own fault/);
  assert.deepEqual(complaints.map(({message}) => message), Array(3).fill('its own fault'));
});

test('an observer that throws at a replayed event is subscribed anyway', (context) => {
  const {observe, say} = service(context);
  say('model', {config: {}});
  const seen = [];
  const stop = observe(({type}) => {
    seen.push(type);
    if (type === 'model') throw new Error('not ready');
  });
  say('state', {state: 'ready'});
  stop();
  say('state', {state: 'ready'});
  assert.deepEqual(seen, ['model', 'failure', 'state']);
});

test('a trainer that ends is replaced, whatever an observer does', (context) => {
  const {observe, say, end} = service(context);
  observe(({type}) => { if (type === 'trainer_gone') throw new Error('fault'); });
  end();
  const seen = [];
  observe(({type}) => seen.push(type));
  say('model', {config: {}});
  assert.deepEqual(seen, ['failure', 'model']);
});

test('who subscribes in the middle of a training gets all of it, in the order in which it came', (context) => {
  const {observe, say} = service(context);
  say('dataset', {label: 'first'});
  say('model', {config: 'old'});
  say('run', {epochs: 9});
  say('model', {config: 'new'});
  say('run', {epochs: 5, history: [{epoch: 1}], global_step: 10});
  say('state', {state: 'training', epoch: 1});
  say('step', {epoch: 2, global_step: 14, points: []});
  say('epoch', {epoch: 2});
  say('evaluation', {epoch: 2});
  say('dataset', {label: 'joined'});
  const seen = [];
  observe((event) => seen.push(event));
  assert.deepEqual(types(seen), ['model', 'run', 'state', 'step', 'evaluation', 'dataset']);
  assert.deepEqual(seen[1].args, {epochs: 5, history: [{epoch: 1}, {epoch: 2}], global_step: 14});
  say('epoch', {epoch: 3});
  assert.equal(seen[1].args.history.length, 2);
});

test('requests that replace the model are counted for each trainer, those that restore are not', async (context) => {
  const {request, replacedModels, end} = service(context);
  for (const type of ['summary', 'fit', 'load_chunk', 'build', 'import', 'load_begin']) await request(type);
  await request('import', {}, {restores: true});
  assert.equal(replacedModels(), 2);
  end();
  assert.equal(replacedModels(), 0);
});

test('what a caller does to a status changes nothing for others', (context) => {
  const {status, say} = service(context);
  say('epoch', {epoch: 1, loss: 2});
  const mine = status();
  mine.history.push({epoch: 2});
  assert.throws(() => { mine.history[0].loss = 7; }, TypeError);
  assert.deepEqual(status().history, [{epoch: 1, loss: 2}]);
});

test('an imported model brings its history into the status', (context) => {
  const {status, say} = service(context);
  say('model', {config: {}, history: [{epoch: 1}]});
  assert.deepEqual(status().history, [{epoch: 1}]);
  say('model', {config: {}, history: null});  // weights without a training
  assert.deepEqual(status().history, []);
});
