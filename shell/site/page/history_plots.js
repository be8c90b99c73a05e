// Accuracy and loss over the epochs as SVG: for the text version and for print.

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [420, 240, 52, 12, 28, 40];
const TICKS = 4;  // about as many intervals on the vertical axis
const PLOTS = [
  {title: 'Model accuracy', lines: [['Train', 'accuracy'], ['Val', 'val_accuracy']]},
  {title: 'Model loss', lines: [['Train', 'loss'], ['Val', 'val_loss']]},
];

/**
 * A plot for each measure of a history with two epochs or more; none for a shorter one.
 * @param {Document} document @param {any[]} history @returns {SVGElement[]}
 */
export function historyPlots(document, history) {
  if (history.length < 2) return [];
  return PLOTS.map(({title, lines}) => {
    const drawn = lines.map(([name, key]) => ({name, points: history.filter((row) => Number.isFinite(row[key])).map((row) => [row.epoch, row[key]])}))
        .filter(({points}) => points.length > 0);
    return plot(document, title, drawn, history[0].epoch, history[history.length - 1].epoch);
  });
}

/** Round numbers that cover the values, some TICKS intervals. @param {number[]} values @returns {number[]} */
export function ticks(values) {
  const low = Math.min(...values), high = Math.max(...values);
  // Values that differ in their last digits only are drawn as equal ones: levels between them would have the same digits.
  const least = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  const rough = (high - low > least ? high - low : Math.abs(high) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step), last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({length: last - first + 1}, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * @param {Document} document @param {string} title @param {{name: string, points: number[][]}[]} lines
 * @param {number} first epoch @param {number} last epoch
 */
function plot(document, title, lines, first, last) {
  /** @param {string} name @param {{[key: string]: string | number}} attributes @param {string} [text] */
  const element = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const levels = ticks(lines.flatMap(({points}) => points.map(([, y]) => y)));
  const [low, high] = [levels[0], levels[levels.length - 1]];
  const x = (/** @type {number} */ epoch) => LEFT + (epoch - first) / (last - first) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const newest = lines.map(({name, points}) => `${name} ${points[points.length - 1][1].toFixed(4)}`).join(', ');
  const svg = element('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': `${title}, epochs ${first} to ${last}; at the end: ${newest}`});
  svg.append(element('text', {x: LEFT, y: 16, class: 'title'}, title));
  const decimals = Math.max(...levels.map((level) => (String(level).split('.')[1] ?? '').length));
  for (const level of levels) {
    svg.append(element('line', {x1: LEFT, x2: WIDTH - RIGHT, y1: y(level), y2: y(level), class: 'grid'}),
               element('text', {x: LEFT - 6, y: y(level) + 4, 'text-anchor': 'end'}, level.toFixed(decimals)));
  }
  for (let epoch = first; epoch <= last; epoch += Math.ceil((last - first) / 8))
    svg.append(element('text', {x: x(epoch), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle'}, String(epoch)));
  svg.append(element('text', {x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle'}, 'Epoch'));
  lines.forEach(({name, points}, i) => {
    const key = WIDTH - RIGHT - 75 * (lines.length - i);
    svg.append(element('polyline', {points: points.map(([epoch, value]) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' '), class: `line-${i}`}),
               element('line', {x1: key, x2: key + 24, y1: 12, y2: 12, class: `line-${i}`}),
               element('text', {x: key + 30, y: 16}, name));
  });
  return svg;
}
