// Checks messages against web/protocol.json: in a node test, and, installed by the page opener, every message that crosses inside a
// page, between page and trainer in both directions and between page and app. C++ has a checker of its own (tests/web).
import {readFileSync} from 'node:fs';

const table = JSON.parse(readFileSync(new URL('../../web/protocol.json', import.meta.url), 'utf8'));

/**
 * Self-contained, because it also runs in pages.
 * @param {any} table web/protocol.json
 */
export function makeChecker(table) {
  const MOST = /** @type {{[type: string]: number}} */ ({int: 2147483647, int64: 2 ** 53});
  /** @param {any} value */
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  /** @param {any} value */
  const shown = (value) => (JSON.stringify(value) ?? String(value)).slice(0, 80);

  /** What is wrong with a value; undefined: nothing. @param {string} at @param {string} type @param {any} rule @param {any} value @returns {string | undefined} */
  function misfit(at, type, rule, value) {
    if (type.includes('|')) {
      const all = type.split('|').map((one) => misfit(at, one.trim(), rule, value));
      return all.includes(undefined) ? undefined : all.join(' and ');
    }
    const list = /^(.*)\[(\d*)\]$/.exec(type);
    if (list) {
      if (!Array.isArray(value) || (list[2] && value.length !== Number(list[2])) || value.length > (rule.max_items ?? Infinity)) return `${at} is ${shown(value)}, not ${type}`;
      return first(value.map((one, i) => misfit(`${at}[${i}]`, list[1], rule, one)));
    }
    const named = table.types[type];
    if (named?.tuple) {
      if (!Array.isArray(value) || value.length !== named.tuple.length) return `${at} is ${shown(value)}, not ${type}`;
      return first(value.map((one, i) => misfit(`${at}[${i}]`, named.tuple[i], {}, one)));
    }
    if (named) return misfitOfObject(at, named, value);
    const fits = type === 'any' ? value !== undefined
        : type === 'null' ? value === null
        : type === 'bool' ? typeof value === 'boolean'
        : type === 'object' ? isObject(value)
        : type === 'string' ? typeof value === 'string' && (!rule.choices || rule.choices.includes(value))
        : Number.isFinite(value) && (type === 'number' || (Number.isInteger(value) && Math.abs(value) <= MOST[type])) &&
          value >= (rule.min ?? -Infinity) && value <= (rule.max ?? Infinity);
    return fits ? undefined : `${at} is ${shown(value)}, not ${type}${rule.choices ? ` (${rule.choices})` : ''}`;
  }

  /** @param {(string | undefined)[]} list */
  const first = (list) => list.find((one) => one !== undefined);

  /** All fields, including those of the declaration that it extends. @param {any} declared @returns {{fields: any, more: boolean}} */
  function whole(declared) {
    const base = declared.extends ? whole(table.types[declared.extends]) : {fields: {}, more: false};
    return {fields: {...base.fields, ...declared.fields}, more: Boolean(base.more || declared.more)};
  }

  /** @param {string} at @param {any} declared @param {any} value @returns {string | undefined} */
  function misfitOfObject(at, declared, value) {
    if (!isObject(value)) return `${at} is ${shown(value)}, not an object`;
    const {fields, more} = whole(declared);
    const unknown = Object.keys(value).find((name) => value[name] !== undefined && !fields[name]);
    if (unknown !== undefined && !more) return `${at}.${unknown} is unknown`;
    return first(Object.entries(fields).map(([name, field]) => {
      const missing = value[name] === undefined || (value[name] === null && !/null|any/.test(field.type));
      if (missing && (field.optional || 'default' in field)) return undefined;
      return misfit(`${at}.${name}`, field.type, field, value[name]);
    }));
  }

  /** @param {string} at @param {any} declared a type's name, or fields @param {any} value */
  const misfitOf = (at, declared, value) => (typeof declared === 'string' ? misfit(at, declared, {}, value) : misfitOfObject(at, declared ?? {fields: {}}, value));

  /** @param {string} at @param {any} rule @param {any} args @param {any} payloads */
  function misfitOfPayloads(at, rule, args, payloads) {
    if (!Array.isArray(payloads)) return `${at}: payloads is ${shown(payloads)}`;
    const least = rule?.each ? args[rule.each]?.length ?? 0 : rule?.count ?? rule?.min ?? 0;
    const most = rule?.each ? least : rule?.count ?? rule?.max ?? 0;
    return payloads.length >= least && payloads.length <= most ? undefined : `${at}: ${payloads.length} payloads, not ${least} to ${most}`;
  }

  /** @param {string[]} sections @param {string} name */
  const entryOf = (sections, name) => first(sections.map((section) => (Object.hasOwn(table[section], name) ? table[section][name] : undefined)));
  /** @param {any} entry */
  const argsOf = ({args, more}) => (typeof args === 'string' ? args : {fields: args, more});

  return {
    /** A request that the sender takes for right. @param {string[]} sections @param {any} message */
    request(sections, {type, args, payloads}) {
      const entry = /** @type {any} */ (entryOf(sections, type));
      if (!entry) return `"${type}" is not a request`;
      return misfitOf(type, argsOf(entry), args ?? {}) ?? misfitOfPayloads(type, entry.payloads, args ?? {}, payloads ?? []);
    },
    /** @param {string[]} sections @param {any} message */
    event(sections, {type, args, payloads}) {
      const entry = /** @type {any} */ (entryOf(sections, type));
      if (!entry) return `"${type}" is not an event`;
      return misfitOf(`event ${type}`, argsOf(entry), args) ?? misfitOfPayloads(`event ${type}`, entry.payloads, args, payloads);
    },
    /** @param {string[]} sections @param {any} request @param {any} reply */
    reply(sections, {type, args: asked, payloads: sent}, {args, payloads, error}) {
      const entry = /** @type {any} */ (entryOf(sections, type));
      const at = `reply to ${type}`;
      if (error) {
        if (!table.codes[error.code] || !error.message) return `${at}: the error is ${shown(error)}`;
        if (!entry) return error.code === 'bad_message' ? undefined : `${at}: not a request, but ${shown(error)}`;
        if (error.code === 'bad_message' && (asked === null || typeof asked !== 'object' || Array.isArray(asked))) return undefined;
        const page = error.code === 'out_of_memory' || table.codes[error.code].startsWith('From the page');  // the trainer's end answers every call
        return !entry.errors || page || entry.errors.includes(error.code) ? undefined : `${at}: ${error.code} is not among its errors (${error.message})`;
      }
      if (!entry) return `${at}: not a request, but answered`;
      const declared = entry.kinds ? entry.kinds[args?.[entry.by]]?.reply : entry.reply;
      return this.request(sections, {type, args: asked, payloads: sent}) ??
          misfitOf(at, declared, args) ?? misfitOfPayloads(at, entry.reply_payloads, args, payloads);
    },
  };
}

export const checker = makeChecker(table);

/**
 * Runs in a page before its own scripts. What does not fit goes to `__misfit`.
 * @param {{table: any, make: string}} parts make: the source of makeChecker
 */
function install({table, make}) {
  const check = /** @type {ReturnType<typeof makeChecker>} */ (new Function(`return ${make}`)()(table));
  /** @param {string | undefined} misfit */
  const note = (misfit) => void (misfit && /** @type {any} */ (window).__misfit(misfit));
  /** A request as it is now: its payloads will be transferred, and its arguments may change. @param {any} message */
  const copy = ({type, args, payloads}) => ({type, args: JSON.parse(JSON.stringify(args ?? {})), payloads: [...payloads ?? []]});

  /** Messages of one pair of sides. @param {string[]} requests @param {string[]} events sections of the table */
  function createTalk(requests, events) {
    /** @type {Map<number, any>} by id */
    const asked = new Map();
    return {
      /** @param {any} message @param {boolean} right its sender never sends a wrong one on purpose */
      sent(message, right) {
        if (right || message.id === undefined) note(check.request(requests, message));
        if (message.id !== undefined) asked.set(message.id, copy(message));
      },
      /** @param {any} message */
      came(message) {
        if (message.id === undefined) return note(check.event(events, message));
        const request = asked.get(message.id);
        asked.delete(message.id);
        if (!request) note(`a reply to no request: ${JSON.stringify(message).slice(0, 200)}`);
        else if (request.type !== 'cancel') note(check.reply(requests, request, message));
      },
    };
  }

  const {Worker: Native} = window;
  window.Worker = class extends Native {
    /** @type {ReturnType<typeof createTalk> | undefined} */
    #talk;

    /** @param {string | URL} url @param {any} [options] */
    constructor(url, options) {
      super(url, options);
      if (!/\/trainer\/worker\.js/.test(String(url))) return;
      this.#talk = createTalk(['requests'], ['events']);
      super.addEventListener('message', (/** @type {MessageEvent} */ {data}) => data.type !== 'fatal' && this.#talk?.came(data));
    }

    /** @param {any} message @param {any} [rest] */
    postMessage(message, rest) {
      let later = message;
      try {
        later = {...message, ...copy(message)};
      } catch {}  // it cannot be copied, as the caller is about to hear
      super.postMessage(message, rest);
      if (!['start', 'seen'].includes(message?.type)) this.#talk?.sent(later, false);
    }
  };

  // Emscripten puts app_receive on the module, which is the options object with `send`: here, when that happens.
  Object.defineProperty(Object.prototype, '_app_receive', {
    configurable: true,
    set(/** @type {any} */ receive) {
      const module = this, {send} = module;
      const talk = createTalk(['requests', 'page_requests'], ['events', 'page_events']);
      module.send = (/** @type {any} */ message) => {
        talk.sent(message, true);
        return send(message);
      };
      /** @param {number} json @param {number} size @param {number} payloads @param {number} count */
      function checked(json, size, payloads, count) {
        try {
          const message = JSON.parse(new TextDecoder().decode(module.HEAPU8.slice(json, json + size)));
          talk.came({...message, payloads: Array(count).fill(null)});
        } catch {}  // no message: what comes of it is the app's affair
        return receive(json, size, payloads, count);
      }
      Object.defineProperty(module, '_app_receive', {configurable: true, enumerable: true, get: () => checked, set(again) { receive = again; }});
    },
  });
}

/** @type {Set<string>} of all pages of this process */
const misfits = new Set();
process.on('exit', () => {
  if (misfits.size === 0) return;
  console.error(`Messages that do not fit web/protocol.json:\n${[...misfits].join('\n')}`);
  process.exitCode = 1;
});

/** Every page of the context checks its messages; what does not fit fails this process at its end. @param {import('playwright-core').BrowserContext} context */
export async function checkMessages(context) {
  await context.exposeBinding('__misfit', (_, /** @type {string} */ misfit) => void misfits.add(misfit));
  await context.addInitScript(install, {table, make: makeChecker.toString()});
}
