// The offer of CIFAR-10 beside the page. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {offerData} from '../../shell/site/page/data_offer.js';

const HERE = {beside_page: true, beside_bytes: 184_380_000, part: {pictures: 5000, bytes: 30_730_000}, unasked: 'sample'};

/** Offers what is `here`; `choice`: of the user; undefined: none yet. */
function offer(here, choice) {
  const seen = {asked: [], loaded: [], withdrawn: 0};
  let tell = () => {}, settle = () => {};
  const answer = new Promise((resolve) => { settle = (given) => resolve({choice: given, option: 0}); });
  const over = offerData({
    here, load: async (options) => void seen.loaded.push(options),
    observe: (observer) => {
      observer({type: 'dataset', args: {synthetic: false}});  // replayed: not news
      tell = observer;
      return () => {};
    },
    bar: {ask: (question) => {
      seen.asked.push(question);
      if (choice) settle(choice);
      return {answer, withdraw: () => { ++seen.withdrawn; settle(undefined); }};
    }},
  });
  return {seen, over, tell: (type, args) => tell({type, args})};
}

test('a part and all are offered with their sizes; what is chosen is loaded', async () => {
  for (const [choice, loaded] of [['part', [{source: 'cifar10', limit: 5000}]], ['all', [{source: 'cifar10'}]], ['later', []]]) {
    const {seen, over} = offer(HERE, choice);
    await over;
    assert.deepEqual(seen.asked[0].choices, {part: 'Load 5,000 pictures (30.7 MB)', all: 'Load all (184 MB)', later: 'Not now'});
    assert.deepEqual(seen.loaded, loaded);
  }
});

test('an archive is offered whole; nothing is offered without data beside the page, or if better data is here', async () => {
  assert.deepEqual(offer({...HERE, part: undefined, beside_bytes: undefined}, 'later').seen.asked[0].choices, {all: 'Load all', later: 'Not now'});
  for (const here of [{...HERE, beside_page: false}, {...HERE, unasked: 'kept'}, {...HERE, unasked: 'cifar10'}]) {
    const {seen, over} = offer(here);
    await over;
    assert.deepEqual(seen.asked, []);
  }
});

test('the offer ends when other data is loaded, not at sample pictures', async () => {
  for (const [type, args] of [['load_progress', {}], ['dataset', {synthetic: false}]]) {
    const {seen, over, tell} = offer(HERE);
    tell('dataset', {synthetic: true});
    assert.equal(seen.withdrawn, 0);
    tell(type, args);
    await over;
    assert.deepEqual([seen.withdrawn, seen.loaded], [1, []]);
  }
});
