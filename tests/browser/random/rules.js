// What the random tester knows of the page: the codes that each call may fail with, and the legal states. Data only: the codes
// of a call are replaced here when a call gets another.

/**
 * Codes by call of `playground`. `worker_gone` and `out_of_memory` may come on top while the trainer ends, which the checker
 * watches, and `cancelled` where the call's own signal is aborted.
 * @type {{[call: string]: string[]}}
 */
export const CODES = {
  load: ['bad_argument', 'bad_data', 'cancelled', 'network', 'not_found'],
  build: ['bad_argument', 'bad_config', 'busy'],
  summary: ['no_model'],
  fit: ['bad_argument', 'bad_config', 'bad_data', 'busy', 'cancelled', 'diverged', 'no_data', 'no_model', 'no_training'],
  pause: [],
  resume: [],
  step: ['no_training'],
  stop: [],
  evaluate: ['bad_argument', 'bad_data', 'cancelled', 'no_data', 'no_model'],
  predict: ['bad_argument', 'cancelled', 'no_model'],
  inspect: ['bad_argument', 'cancelled', 'no_data', 'no_model'],
  export: ['bad_argument', 'no_model'],
  import: ['bad_argument', 'bad_config', 'bad_data', 'bad_model_file', 'busy'],
};

/** Of the event `failure`, which no call waits for. */
export const FAILURES = [
  'app_gone', 'bad_argument', 'bad_config', 'bad_data', 'bad_model_file', 'busy', 'diverged', 'network', 'no_app', 'no_data', 'no_model',
  'not_found', 'out_of_memory', 'refused', 'storage_full', 'unsupported', 'worker_gone',
];

export const STATES = ['starting', 'empty', 'loading', 'ready', 'training', 'validating', 'paused', 'evaluating'];

/** Complaints of the browser in its console that a step brings about: a file that is not there, a connection that breaks off. */
export const EXPECTED = /Failed to load resource|net::ERR_|404 \(/;
/** Also expected once a step has broken the app's memory. */
export const OF_BROKEN_APP = /RuntimeError|memory access|unreachable|table index|null function|Aborted|abort\(|WebGL|_app_|wasm/i;
