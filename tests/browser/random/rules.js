// What the random tester knows of the page, as data: the codes that each call may fail with, by web/protocol.json, and the legal
// states.
import {readFileSync} from 'node:fs';

const {requests} = JSON.parse(readFileSync(new URL('../../../web/protocol.json', import.meta.url), 'utf8'));
// They may come on top while the trainer ends, which the checker watches.
const OF_THE_END = ['worker_gone', 'out_of_memory'];
/** @param {string[]} types of requests @param {string[]} [more] codes of the page */
const codes = (types, more = []) => [...new Set([...types.flatMap((type) => requests[type].errors), ...more])].filter((code) => !OF_THE_END.includes(code));

/** Codes by call of `playground`. @type {{[call: string]: string[]}} */
export const CODES = {
  load: codes(['load_sample', 'load_begin', 'load_chunk', 'load_images', 'load_end'], ['network', 'not_found']),
  ...Object.fromEntries(['build', 'summary', 'fit', 'pause', 'resume', 'step', 'stop', 'evaluate', 'predict', 'inspect', 'export', 'import']
      .map((call) => [call, codes([call])])),
  inputRange: codes(['input_range']),
};

/** Of the event `failure`, which no call waits for. */
export const FAILURES = [
  'app_gone', 'bad_argument', 'bad_config', 'bad_data', 'bad_model_file', 'busy', 'diverged', 'network', 'no_app', 'no_data', 'no_model',
  'not_found', 'out_of_memory', 'refused', 'storage_full', 'unsupported', 'worker_gone',
];

export const STATES = ['starting', 'empty', 'loading', 'ready', 'training', 'validating', 'paused', 'evaluating'];

/**
 * Complaints of the browser in its console that a step brings about: a file that is not there, a connection that breaks off,
 * a touch that Chromium no longer waits for because the page was busy (the canvas does not scroll anyway: `touch-action: none`).
 */
export const EXPECTED = /Failed to load resource|net::ERR_|404 \(|Ignored attempt to cancel a touch\w+ event with cancelable=false/;
/** Also expected once a step has broken the app's memory. */
export const OF_BROKEN_APP = /RuntimeError|memory access|unreachable|table index|null function|Aborted|abort\(|WebGL|_app_|wasm/i;
