import assert from 'node:assert/strict';
import {test} from 'node:test';

import {checker} from './protocol_check.js';

const REQUESTS = ['requests'], EVENTS = ['events', 'page_events'];
const noPayloads = {payloads: []};

test('protocol check: messages that fit pass', () => {
  assert.equal(checker.request(REQUESTS, {type: 'load_sample', args: {train: 5, seed: null}, ...noPayloads}), undefined);
  assert.equal(checker.request(REQUESTS, {type: 'fit', args: {epochs: 2, optimizer: 'Adam'}, ...noPayloads}), undefined);
  assert.equal(checker.event(EVENTS, {type: 'state', args: {state: 'ready', epoch: 0}, ...noPayloads}), undefined);
  assert.equal(checker.reply(REQUESTS, {type: 'load_begin', args: {}, ...noPayloads}, {args: {load: 1}, ...noPayloads}), undefined);
  assert.equal(checker.reply(REQUESTS, {type: 'load_join', args: {}, ...noPayloads}, {args: {waits: true}, ...noPayloads}), undefined);
});

test('protocol check: unknown, missing, mistyped and out-of-range fields, payloads and codes are found', () => {
  for (const [message, found] of /** @type {[any, RegExp][]} */ ([
    [{type: 'train', args: {}}, /not a request/],
    [{type: 'load_sample', args: {trian: 5}}, /trian is unknown/],
    [{type: 'load_sample', args: {train: 0}}, /train is 0/],
    [{type: 'load_sample', args: {train: '5'}}, /train is "5"/],
    [{type: 'evaluate', args: {split: 'both'}}, /train,test/],
    [{type: 'measure', args: {}}, /preset/],
    [{type: 'pause', args: {}, payloads: [new ArrayBuffer(1)]}, /1 payloads/],
    [{type: 'import', args: {files: ['a', 'b']}, payloads: [new ArrayBuffer(1)]}, /not 2 to 2/],
  ])) assert.match(checker.request(REQUESTS, {payloads: [], ...message}) ?? '', found);
  assert.match(checker.event(EVENTS, {type: 'state', args: {state: 'lost', epoch: 0}, ...noPayloads}) ?? '', /lost/);
  assert.match(checker.event(EVENTS, {type: 'step', args: {epoch: 1}, ...noPayloads}) ?? '', /epochs/);
  const pause = {type: 'pause', args: {}, ...noPayloads};
  assert.match(checker.reply(REQUESTS, pause, {error: {code: 'busy', message: 'x'}}) ?? '', /not among/);
  assert.match(checker.reply(REQUESTS, pause, {args: {done: true}, ...noPayloads}) ?? '', /done/);
});
