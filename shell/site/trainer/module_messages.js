// Passes a message to a C++ module: one block of its heap holds header, payload table and payloads (web/protocol.h).
import {PlaygroundError} from '../errors.js';

const ALIGNMENT = 16;
const TABLE_ENTRY = 8;  // Payload: pointer and size
/** @param {number} size */
const aligned = (size) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/**
 * Calls `receive`, an exported function such as trainer_receive, with the message. The block is freed afterwards.
 * @param {any} module an Emscripten module with _malloc, _free and HEAPU8
 * @param {string} receive
 * @param {{payloads?: ArrayBuffer[], [header: string]: any}} message
 */
export function give(module, receive, {payloads = [], ...header}) {
  const json = new TextEncoder().encode(written(header));
  const tableAt = aligned(json.length);
  /** @type {number[]} */
  const offsets = [];
  let size = aligned(tableAt + payloads.length * TABLE_ENTRY);
  for (const payload of payloads) {
    offsets.push(size);
    size += aligned(payload.byteLength);
  }
  const block = module._malloc(size);
  if (!block) throw new PlaygroundError('out_of_memory', `There is no memory for a message of ${size} bytes.`);
  try {
    /** @type {Uint8Array} */
    const heap = module.HEAPU8;
    const table = new Uint32Array(heap.buffer, block + tableAt, payloads.length * 2);
    heap.set(json, block);
    payloads.forEach((payload, i) => {
      heap.set(new Uint8Array(payload), block + offsets[i]);
      table.set([block + offsets[i], payload.byteLength], 2 * i);
    });
    module[`_${receive}`](block, json.length, block + tableAt, payloads.length);
  } finally {
    module._free(block);
  }
}

/** @param {any} header */
function written(header) {
  try {
    return JSON.stringify(header);
  } catch (error) {  // a bigint, or an object that contains itself
    throw new PlaygroundError('bad_argument', `${header.type}: its arguments cannot be written as JSON; expected numbers, strings, lists and objects of these.`, {cause: error});
  }
}
