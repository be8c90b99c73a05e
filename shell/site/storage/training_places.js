// The files of the kept trainings: which there are, and which are outdated.
import {openFolder, readJson} from './origin_files.js';

export const FOLDER = 'session';
const MOST_DAYS = 30;
const MOST_TABS = 12;  // that are gone
const MOST_BYTES = 512e6;  // of theirs
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A training as of a checkpoint. `run`: the same from a fit on, also where it continues after a reload. `data`: what it trains on;
 * `source` as in the trainer's `dataset`, fingerprint null if it is not known. fit and history: null and empty in files of an
 * earlier version of this page.
 * @typedef {{version: number, run: string, tab: string, sequence: number, epoch: number, epochs: number, name: string, crc32: number,
 *            fit: any, history: any[], bytes: number, saved: string,
 *            data: {label: string, source: {kind: string, [field: string]: any}, fingerprint: string | null}}} KeptTraining
 *
 * kept: undefined if the place is not complete; bytes: on the disk.
 * @typedef {{name: string, tab: string, bytes: number, kept?: KeptTraining, file?: File}} Place
 */

/** @param {StorageManager | undefined} storage @returns {Promise<Place[]>} */
export async function listPlaces(storage) {
  const folder = await openFolder(storage, FOLDER);
  /** @type {Set<string>} */
  const names = new Set();
  // Not among TypeScript's types for pages.
  for await (const file of folder ? /** @type {any} */ (folder).keys() : []) {
    const [, place] = /^((?:[\w-]+\.)?[01])\.(?:json|safetensors)$/.exec(file) ?? [];
    if (place) names.add(place);
  }
  return Promise.all([...names].map(async (name) => {
    const tab = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
    const file = await folder?.getFileHandle(`${name}.safetensors`).then((handle) => handle.getFile()).catch(() => undefined);
    const kept = understood(await readJson(folder, `${name}.json`), tab);
    const complete = kept && file && file.size === kept.bytes;
    return {name, tab, bytes: file?.size ?? 0, ...complete ? {kept, file} : {}};
  }));
}

/**
 * A description as of this version. @param {any} content @param {string} tab whose it is by its name
 * @returns {KeptTraining | undefined}
 */
function understood(content, tab) {
  if (!content || typeof content.saved !== 'string' || typeof content.sequence !== 'number' || typeof content.data?.label !== 'string') return undefined;
  if (content.version === 2 && content.tab === tab && typeof content.run === 'string' && content.data.source && Array.isArray(content.history)) return content;
  if (content.version !== 1) return undefined;
  // Version 1 had one place for all tabs, and knew of the data set only its kind.
  const {row, data, ...rest} = content;
  return {...rest, run: 'version 1', tab: '', fit: null, history: row ? [row] : [],
          data: {label: data.label, source: {kind: String(data.kind), name: data.label}, fingerprint: null}};
}

/**
 * The places to delete. A closed tab's place is deleted if it is too old, if an open tab or a newer place has the same run, or if it
 * exceeds the limits; then further ones, oldest first, until `needed` bytes are free.
 * @param {Place[]} places
 * @param {{living: Set<string>, now: number, free: number, needed: number}} room free: bytes that the browser still has for this site
 */
export function outdated(places, {living, now, free, needed}) {
  /** @type {Map<string, {places: Place[], bytes: number, saved: string, run?: string}>} */
  const tabs = new Map();
  for (const place of places) {
    const tab = tabs.get(place.tab) ?? {places: [], bytes: 0, saved: ''};
    tab.places.push(place);
    tab.bytes += place.bytes;
    if (place.kept && place.kept.saved >= tab.saved) [tab.saved, tab.run] = [place.kept.saved, place.kept.run];
    tabs.set(place.tab, tab);
  }
  const newest = [...tabs].sort(([, a], [, b]) => b.saved.localeCompare(a.saved));
  const runs = new Set(newest.flatMap(([tab, {run}]) => (living.has(tab) && run ? [run] : [])));
  const doomed = [], stay = [];
  let bytes = 0;
  for (const [tab, one] of newest) {
    if (living.has(tab)) continue;
    const old = !one.saved || now - Date.parse(one.saved) > MOST_DAYS * DAY_MS;
    if (old || runs.has(one.run ?? '') || stay.length >= MOST_TABS || bytes + one.bytes > MOST_BYTES) {
      doomed.push(one);
      continue;
    }
    runs.add(one.run ?? '');
    bytes += one.bytes;
    stay.push(one);
  }
  let room = free + doomed.reduce((sum, one) => sum + one.bytes, 0);
  while (needed > 0 && room < needed && stay.length > 0) {
    const oldest = /** @type {typeof stay[0]} */ (stay.pop());
    room += oldest.bytes;
    doomed.push(oldest);
  }
  return doomed.flatMap((one) => one.places);
}
