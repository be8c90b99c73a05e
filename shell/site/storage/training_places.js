// The files of the kept trainings: which there are, and which are outdated. A place's name is TAB.VISIT.0 or TAB.VISIT.1; earlier
// versions of this page had one pair for all visits of a tab.
import {openFolder, readJson} from './origin_files.js';

export const FOLDER = 'session';  // in visitors' browsers since the first version
export const VERSION = 2;  // of a place's description
const MOST_DAYS = 30;
const MOST_VISITS = 12;  // that are over
const MOST_BYTES = 512e6;  // of theirs
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A training as of a checkpoint. `run`: the same from a fit on, also where it continues after a reload. `from`: the earlier visit
 * from which it was restored, and which it replaces. `data`: what it trains on;
 * `source` as in the trainer's `dataset`, fingerprint null if it is not known. fit and history: null and empty in files of an
 * earlier version of this page.
 * @typedef {{version: number, run: string, from?: string | null, tab: string, sequence: number, epoch: number, epochs: number, name: string, crc32: number,
 *            fit: any, history: any[], bytes: number, saved: string,
 *            data: {label: string, source: {kind: string, [field: string]: any}, fingerprint: string | null}}} KeptTraining
 *
 * kept: undefined if the place is not complete, or of a later version of this page; saved: empty if it is not complete; visit: also
 * names the tab; bytes: on the disk.
 * @typedef {{name: string, visit: string, tab: string, bytes: number, saved: string, kept?: KeptTraining, file?: File}} Place
 */

/** @param {StorageManager | undefined} storage @returns {Promise<Place[]>} */
export async function listPlaces(storage) {
  const folder = await openFolder(storage, FOLDER);
  /** @type {Set<string>} */
  const names = new Set();
  // Not among TypeScript's types for pages.
  for await (const file of folder ? /** @type {any} */ (folder).keys() : []) {
    const [, place] = /^((?:[\w-]+\.){0,2}[01])\.(?:json|safetensors)$/.exec(file) ?? [];
    if (place) names.add(place);
  }
  return Promise.all([...names].map(async (name) => {
    const visit = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const [tab] = visit.split('.');
    const file = await folder?.getFileHandle(`${name}.safetensors`).then((handle) => handle.getFile()).catch(() => undefined);
    const content = await readJson(folder, `${name}.json`);
    const place = {name, visit, tab, bytes: file?.size ?? 0};
    if (content?.version > VERSION && typeof content.saved === 'string') return {...place, saved: content.saved};
    const kept = understood(content, tab);
    const complete = kept && file && file.size === kept.bytes;
    return complete ? {...place, saved: kept.saved, kept, file} : {...place, saved: ''};
  }));
}

/**
 * A description as of this version. @param {any} content @param {string} tab whose it is by its name
 * @returns {KeptTraining | undefined}
 */
function understood(content, tab) {
  if (!content || typeof content.saved !== 'string' || typeof content.sequence !== 'number' || typeof content.data?.label !== 'string') return undefined;
  if (content.version === VERSION && content.tab === tab && typeof content.run === 'string' && content.data.source && Array.isArray(content.history)) return content;
  if (content.version !== 1) return undefined;
  // Version 1 had one place for all tabs, and knew of the data set only its kind.
  const {row, data, ...rest} = content;
  return {...rest, run: 'version 1', tab: '', fit: null, history: row ? [row] : [],
          data: {label: data.label, source: {kind: String(data.kind), name: data.label}, fingerprint: null}};
}

/** The visits from which another one has restored its training, and stored it since. @param {Place[]} places */
export const continuedVisits = (places) => new Set(places.flatMap(({kept}) => kept?.from ?? []));

/**
 * The places to delete. A visit is over if its tab is closed, or has kept something in a later visit. Its places are deleted if they
 * are too old and not the newest, if another visit continues them, or if they exceed the limits; then further ones, oldest first,
 * until `needed` bytes are free.
 * @param {Place[]} places
 * @param {{living: Set<string>, now: number, free: number, needed: number}} room free: bytes that the browser still has for this site
 */
export function outdated(places, {living, now, free, needed}) {
  /** @type {Map<string, {tab: string, places: Place[], bytes: number, saved: string}>} */
  const visits = new Map();
  for (const place of places) {
    const visit = visits.get(place.visit) ?? {tab: place.tab, places: [], bytes: 0, saved: ''};
    visit.places.push(place);
    visit.bytes += place.bytes;
    if (place.saved > visit.saved) visit.saved = place.saved;
    visits.set(place.visit, visit);
  }
  const newest = [...visits.values()].sort((a, b) => b.saved.localeCompare(a.saved));
  const present = new Set([...living].map((tab) => newest.find((visit) => visit.tab === tab)));
  const continued = continuedVisits(places);
  const doomed = [], stay = [];
  let bytes = 0;
  for (const one of newest) {
    if (present.has(one)) continue;
    // The last training stays, whatever the clock says.
    const old = !one.saved || (stay.length > 0 && now - Date.parse(one.saved) > MOST_DAYS * DAY_MS);
    if (old || continued.has(one.places[0].visit) || stay.length >= MOST_VISITS || bytes + one.bytes > MOST_BYTES) {
      doomed.push(one);
      continue;
    }
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
