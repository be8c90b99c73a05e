// A dropped model replaces a trained network only if the user says so, and then no training is in its way. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createReplaceQuestion} from '../../shell/site/page/replace_question.js';

/** A page whose trainer is in that state; `answer` answers the question. */
function page({state = 'ready'} = {}) {
  const asked = [], requests = [];
  let say = () => {}, answer = () => {};
  const mayReplace = createReplaceQuestion({
    trainer: {
      observe: (listener) => (say = listener, () => {}), status: () => ({state}),
      request: async (type) => (requests.push(type), {args: {}, payloads: []}),
    },
    bar: {
      ask: ({text}) => {
        asked.push(text());
        return {answer: new Promise((resolve) => { answer = (choice) => resolve({choice, option: 0}); }), withdraw: () => answer(undefined)};
      },
    },
  });
  return {
    asked, requests, mayReplace, say: (type, args = {}) => say({type, args, payloads: []}), answer: (choice) => answer(choice),
    train() {
      state = 'training';
      this.say('run');
    },
  };
}

test('a network that was not trained is replaced without a question', async () => {
  const {asked, mayReplace, say} = page();
  say('model');
  assert.equal(await mayReplace('Open a.onnx'), true);
  assert.deepEqual(asked, []);
});

test('the question says that a training stops, and it stops before the network is replaced', async () => {
  const one = page();
  one.train();
  const may = one.mayReplace('Open a.onnx');
  assert.match(one.asked[0], /and its training will stop\.$/);
  assert.deepEqual(one.requests, []);
  one.answer('replace');
  assert.equal(await may, true);
  assert.deepEqual(one.requests, ['stop']);
});

test('a training that begins while the question is open stops too', async () => {
  const one = page();
  one.say('run');
  const may = one.mayReplace('Open a.onnx');
  one.train();
  one.answer('replace');
  assert.equal(await may, true);
  assert.deepEqual(one.requests, ['stop']);
});

test('another network that replaces the trained one meanwhile, such as a preset, withdraws the question: nothing is opened', async () => {
  const one = page();
  one.train();
  const may = one.mayReplace('Open a.onnx');
  one.say('model', {config: {}});
  assert.equal(await may, false);
  assert.deepEqual(one.requests, []);
  assert.equal(await one.mayReplace('Open a.onnx'), true);  // nothing trained would be lost now
});

for (const choice of ['keep', undefined]) {
  test(`a network that the user keeps continues to train (${choice})`, async () => {
    const one = page();
    one.train();
    const may = one.mayReplace('Open a.onnx');
    one.answer(choice);
    assert.equal(await may, false);
    assert.deepEqual(one.requests, []);
  });
}
