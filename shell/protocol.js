// Writes what is made from web/protocol.json: the page's types and the document. tests/protocol.test.js fails when they are not current.
//   node shell/protocol.js
import {readFile, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';

const ROOT = new URL('../', import.meta.url);
const WIDTH = 120;
const TYPES = 'shell/site/protocol.d.ts', DOCUMENT = 'assets/docs/protocol.md';

/** @typedef {{[name: string]: any}} Entries */

const BASIC = new Map([['int', 'number'], ['int64', 'number'], ['number', 'number'], ['bool', 'boolean'], ['string', 'string'],
  ['object', '{[name: string]: any}'], ['any', 'any'], ['null', 'null']]);
/** "load_counts" -> "LoadCounts" @param {string} name */
const typeName = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
/** @param {string} name */
const key = (name) => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name));

/** A type of the table as one of TypeScript. @param {string} type @param {string[]} [choices] @returns {string} */
function tsType(type, choices) {
  if (type.includes('|')) return type.split('|').map((one) => tsType(one.trim())).join(' | ');
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list) return list[2] ? `[${Array(Number(list[2])).fill(tsType(list[1])).join(', ')}]` : `${tsType(list[1])}[]`;
  if (choices) return choices.map((choice) => `'${choice}'`).join(' | ');
  return BASIC.get(type) ?? typeName(type);
}

/** @param {string} text @param {string} indent */
const comment = (text, indent) => `${indent}/** ${text} */\n`;

/** @param {Entries | undefined} fields @param {boolean} given defaults need not be given @param {string} indent @param {boolean} more */
function tsFields(fields, given, indent, more) {
  const lines = Object.entries(fields ?? {}).map(([name, {type, choices, optional, help, ...field}]) =>
    comment(help, `${indent}  `) + `${indent}  ${key(name)}${optional || (given && 'default' in field) ? '?' : ''}: ${tsType(type, choices)};\n`);
  if (more) lines.push(`${indent}  [option: string]: any;\n`);
  return lines.length ? `{\n${lines.join('')}${indent}}` : 'Record<string, never>';
}

/** @param {string | Entries | undefined} declared @param {boolean} given @param {string} indent */
function tsObject(declared, given, indent) {
  if (typeof declared === 'string') return tsType(declared);
  const {extends: base, fields, more} = declared ?? {};
  const own = tsFields(fields, given, indent, Boolean(more));
  return base ? `${typeName(base)}${Object.keys(fields ?? {}).length ? ` & ${own}` : ''}` : own;
}

/** @param {Entries} entry of a request or event */
const argsOf = ({args, more}) => (typeof args === 'string' ? args : {fields: args, more});
/** @param {Entries} entry */
const replyOf = ({reply, kinds}) => (kinds ? Object.values(kinds).map((kind) => `(${tsObject(kind.reply, false, '  ')})`).join(' | ') : tsObject(reply, false, '  '));

/** @param {Entries} table */
export function types(table) {
  const named = Object.entries(table.types).map(([name, declared]) => comment(declared.help, '') +
    `export type ${typeName(name)} = ${declared.tuple ? `[${declared.tuple.map((/** @type {string} */ type) => tsType(type)).join(', ')}]` : tsObject(declared, true, '')};\n`);
  /** @param {string} section @param {string} name @param {boolean} given @param {(entry: Entries) => string} of */
  const map = (section, name, given, of) => `export interface ${name} {\n${Object.entries(table[section]).map(([type, entry]) =>
    comment(entry.help, '  ') + `  ${key(type)}: ${of(entry)};\n`).join('')}}\n`;
  return [
    '// Made from web/protocol.json by node shell/protocol.js. Do not edit.\n',
    comment('For programs; never changes.', '') + `export type Code = ${Object.keys(table.codes).map((code) => `'${code}'`).join(' | ')};\n`,
    ...named,
    comment('Arguments of the requests to the trainer.', '') + map('requests', 'Requests', true, (entry) => tsObject(argsOf(entry), true, '  ')),
    comment('Their replies.', '') + map('requests', 'Replies', false, (entry) => (entry.answered === 'never' ? 'never' : replyOf(entry))),
    comment('Arguments of the trainer\'s events.', '') + map('events', 'Events', false, (entry) => tsObject(argsOf(entry), false, '  ')),
    comment('Arguments of the events that come from the page only.', '') + map('page_events', 'PageEvents', false, (entry) => tsObject(argsOf(entry), false, '  ')),
    comment('Arguments of the app\'s requests to the page.', '') + map('page_requests', 'PageRequests', true, (entry) => tsObject(argsOf(entry), true, '  ')),
    comment('Their replies.', '') + map('page_requests', 'PageReplies', false, replyOf),
  ].join('\n');
}

/** @param {string} text */
function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines[lines.length - 1].length + word.length >= WIDTH) lines.push('');
    lines[lines.length - 1] += (lines[lines.length - 1] ? ' ' : '') + word;
  }
  return lines.join('\n');
}

/** @param {Entries} field */
function limits({min, max, max_items, choices}) {
  if (choices) return choices.map((/** @type {string} */ choice) => `\`${choice}\``).join(', ');
  const range = min !== undefined && max !== undefined ? `${min} to ${max}` : min !== undefined ? `at least ${min}` : max !== undefined ? `at most ${max}` : '';
  return [range, max_items && `at most ${max_items} entries`].filter(Boolean).join(', ');
}

/** @param {Entries} field */
const without = (field) => ('default' in field ? `\`${JSON.stringify(field.default)}\`` : field.optional ? 'optional' : '');

/** @param {string} title @param {Entries | undefined} fields */
function table(title, fields) {
  if (!fields || Object.keys(fields).length === 0) return [];
  return [`| ${title} | type | values | if missing | |\n|---|---|---|---|---|\n${Object.entries(fields).map(([name, field]) =>
    `| \`${name}\` | ${field.type.replaceAll('|', '\\|')} | ${limits(field)} | ${without(field)} | ${field.help}${
      field.needs ? ` Needs ${field.needs.join(', ')}.` : ''}${field.of ? ` Of ${field.of.join(', ')}.` : ''} |`).join('\n')}`];
}

/** @param {any} declared @param {string} title */
function object(declared, title) {
  if (declared === undefined) return [];
  if (typeof declared === 'string') return [`${title[0].toUpperCase()}${title.slice(1)}: ${declared.split(' | ').map((name) => `\`${name}\``).join(' or ')}.`];
  const {extends: base, fields, more} = declared;
  const first = base ? `the fields of \`${base}\`${Object.keys(fields ?? {}).length ? ' and these' : ''}` : more ? `the fields of \`${more}\` and these` : '';
  return [...(first ? [`${title[0].toUpperCase()}${title.slice(1)}: ${first}.`] : []), ...table(title, fields)];
}

/** @param {string} title @param {Entries | undefined} payloads */
const payloads = (title, payloads) => (payloads ? [`${title}: ${payloads.help}.`] : []);

/** @param {string} name @param {Entries} entry */
function described(name, entry) {
  const {help, needs, errors, answered, waits_while: waits, kinds} = entry;
  return [
    `### ${name}`, help,
    ...object(argsOf(entry), 'argument'), ...payloads('Payloads', entry.payloads),
    ...(answered ? [`Answered: ${answered}.${needs ? ` Needs ${needs.join(', ')}.` : ''}${
      Object.entries(waits ?? {}).map(([condition, what]) => ` Waits while ${condition}: ${what}`).join('')}`] : []),
    ...object(entry.reply, 'reply'),
    ...Object.entries(kinds ?? {}).flatMap(([kind, {help, needs, reply}]) =>
      [`\`${kind}\`: ${help}${needs ? ` Needs ${needs.join(', ')}.` : ''}`, ...object(reply, 'reply')]),
    ...payloads('Payloads of the reply', entry.reply_payloads),
    ...(errors ? [`Errors: ${errors.join(', ')}.`] : []),
  ];
}

/** @param {string} title @param {Entries} list @param {string} name */
const rows = (title, list, name) => [`## ${title}`, `| ${name} | |\n|---|---|\n${Object.entries(list).map(([one, text]) => `| \`${one}\` | ${text.replaceAll('|', '\\|')} |`).join('\n')}`];

/** @param {Entries} protocol */
export function documentOf(protocol) {
  const {conditions} = protocol;
  const parts = [
    '# The messages', 'Made from `web/protocol.json` by `node shell/protocol.js`: edit that file.',
    ...protocol.about,
    ...rows('Notation', protocol.notation, 'word'),
    ...rows('Error codes', protocol.codes, 'code'),
    ...rows('Conditions', Object.fromEntries(Object.entries(conditions).map(([name, {otherwise, help}]) => [name, `${help} Otherwise ${otherwise}.`])), 'condition'),
    '## Requests to the trainer', ...Object.entries(protocol.requests).flatMap(([name, entry]) => described(name, entry)),
    '## Events of the trainer', ...Object.entries(protocol.events).flatMap(([name, entry]) => described(name, entry)),
    '## Events of the page', 'To scripts and the app.', ...Object.entries(protocol.page_events).flatMap(([name, entry]) => described(name, entry)),
    '## Requests of the app to the page', ...protocol.app, ...Object.entries(protocol.page_requests).flatMap(([name, entry]) => described(name, entry)),
    '## Types', ...Object.entries(protocol.types).flatMap(([name, declared]) => [`### ${name}`, declared.help,
      ...(declared.tuple ? [`A list: ${declared.tuple.join(', ')}.`] : object(declared, 'field'))]),
  ];
  return `${parts.map((part) => (part.startsWith('|') ? part : wrapped(part))).join('\n\n')}\n`;
}

/** The files made from the table, by path from the root. */
export async function files() {
  const protocol = JSON.parse(await readFile(new URL('web/protocol.json', ROOT), 'utf8'));
  return {[TYPES]: types(protocol), [DOCUMENT]: documentOf(protocol)};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(await files())) await writeFile(new URL(path, ROOT), text);
}
