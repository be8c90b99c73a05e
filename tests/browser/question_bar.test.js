// The bar asks one question at a time: the newest. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createQuestionBar} from '../../shell/site/page/question_bar.js';

/** The bar with as much of a document as it uses. */
function page() {
  const parts = {};
  const part = (selector) => (parts[selector] ??= {selectedIndex: -1, replaceChildren(...children) { this.children = children; }});
  const document = {
    activeElement: null,
    createElement: () => ({addEventListener(type, press) { this.press = press; }}),
  };
  const root = {ownerDocument: document, querySelector: part, hidden: true};
  return {
    bar: createQuestionBar(root),
    shown: () => root.hidden ? '' : part('#offer-text').textContent,
    press: (id) => part('#offer-choices').children.find((button) => button.id === `offer-${id}`).press(),
  };
}

test('a later question comes first; the earlier one comes back', async () => {
  const {bar, shown, press} = page();
  const first = bar.ask({text: 'first', choices: {yes: 'Yes'}});
  const second = bar.ask({text: 'second', choices: {no: 'No'}});
  assert.equal(shown(), 'second');
  press('no');
  assert.deepEqual(await second.answer, {choice: 'no', option: 0});
  assert.equal(shown(), 'first');
  press('yes');
  assert.equal((await first.answer).choice, 'yes');
  assert.equal(shown(), '');
});

test('a question that waits can be withdrawn; one that depends on the moment says what is so when it is shown', async () => {
  const {bar, shown, press} = page();
  let training = false;
  const first = bar.ask({text: () => (training ? 'while training' : 'at rest'), choices: {yes: 'Yes'}});
  const second = bar.ask({text: 'second', choices: {no: 'No'}});
  const third = bar.ask({text: 'third', choices: {no: 'No'}});
  second.withdraw();
  assert.deepEqual(await second.answer, {choice: undefined, option: 0});
  assert.equal(shown(), 'third');
  training = true;
  press('no');
  await third.answer;
  assert.equal(shown(), 'while training');
  first.withdraw();
  first.withdraw();
  assert.equal(shown(), '');
});
