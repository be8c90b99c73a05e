// How a load interpreted its files, and what it skipped and why: nothing is skipped silently.

const NAMES_SHOWN = 20;  // of each reason
const COUNT = new Intl.NumberFormat('en');

/**
 * @typedef {{line: string, classes: string, split_by: string, left_out: {why: string, count: number, names: string[]}[], notes: string[]}} LoadReport
 * As the `dataset` message has it (web/protocol.json).
 */

export function createReport() {
  /** @type {Map<string, {count: number, names: string[]}>} */
  const leftOut = new Map();
  /** @type {Set<string>} */
  const notes = new Set();
  const said = {classes: '', split_by: ''};

  return {
    /** @param {{classes?: string, split_by?: string}} what */
    say: (what) => void Object.assign(said, what),
    /** @param {string} text a sentence about something that was read but looks wrong */
    note: (text) => void notes.add(text),
    /** @param {string} why what it is, as in "hidden files" @param {string} name */
    leaveOut(why, name) {
      const one = leftOut.get(why) ?? {count: 0, names: []};
      leftOut.set(why, one);
      if (++one.count <= NAMES_SHOWN) one.names.push(name);
    },
    /** @returns {LoadReport} */
    describe() {
      const list = [...leftOut].map(([why, {count, names}]) => ({why, count, names}));
      const total = list.reduce((sum, {count}) => sum + count, 0);
      const parts = [said.classes && `Classes: ${said.classes}`, said.split_by && `Test pictures: ${said.split_by}`,
                     total > 0 && `Skipped: ${list.map(({why, count}) => `${why} (${COUNT.format(count)})`).join(', ')}`,
                     ...[...notes].slice(0, 2).map((note) => note.replace(/\.$/, '')), notes.size > 2 && `${notes.size - 2} more notes`];
      const line = parts.filter(Boolean).join('. ');
      return {line: line && `${line}.`, ...said, left_out: list, notes: [...notes]};
    },
  };
}

/** @typedef {ReturnType<typeof createReport>} ReportBuilder */

/** The first names of a list. @param {string[]} names @param {number} [most] */
export const someOf = (names, most = 5) => (names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', '));
