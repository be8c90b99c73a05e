// Uses the page as a person does: finds things by what is written on them, presses them with mouse or finger, types, scrolls,
// and reads what is shown. What can be read on the canvas is taken from its triangles (web/app/controls/drawn_text.h).
import {writeFile} from 'node:fs/promises';

const PATIENCE_MS = 90_000;  // a busy machine is not a failure

/**
 * @typedef {{text: string, x: number, y: number, width: number, height: number, icon: boolean, focused: boolean}} Line a text on one line,
 *   in page coordinates; or an icon, with the words that it shows when the pointer rests on it, and where the keyboard is
 */

/** Runs in the page: all that can be read on the canvas, once the app has drawn what it knows by now. */
async function readCanvas() {
  const read = () => {
    const at = app._app_drawn_text();
    const text = new TextDecoder().decode(app.HEAPU8.slice(at, app.HEAPU8.indexOf(0, at)));
    app._free(at);
    return JSON.parse(text);
  };
  read();  // requests frames
  for (const frames = app._app_frames(), end = performance.now() + 20_000; app._app_frames() < frames + 2 && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const canvas = document.querySelector('#canvas').getBoundingClientRect();
  const all = read();
  return all.filter(Boolean).map(([text, x, y, width, height, focused = false], i) => ({
    text, x: x + canvas.left, y: y + canvas.top, width, height, icon: i >= all.indexOf(null), focused,
  }));
}

const middle = (/** @type {Line} */ {x, y, width, height}) => ({x: x + width / 2, y: y + height / 2});
const sameRow = (/** @type {Line} */ a, /** @type {Line} */ b) => Math.abs(middle(a).y - middle(b).y) < Math.max(a.height, b.height) * 0.7;

export class Person {
  /**
   * @param {import('playwright-core').Page} page
   * @param {{touch?: boolean}} [how]
   */
  constructor(page, {touch = false} = {}) {
    this.page = page;
    this.touch = touch;
  }

  /** All that can be read on the canvas, and its icons. @returns {Promise<Line[]>} */
  async lines() {
    return this.page.evaluate(readCanvas);
  }

  /** What can be read on the canvas, as one text. */
  async text() { return (await this.lines()).filter(({icon}) => !icon).map(({text}) => text).join(' '); }

  /**
   * Waits until this can be read.
   * @param {RegExp} words may go over several lines @returns {Promise<string[]>} the match
   */
  async sees(words) {
    let text = '';
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      text = await this.text();
      const found = words.exec(text);
      if (found) return found;
    }
    throw new Error(`${words} is not shown. Shown: ${text}`);
  }

  /** Waits until this cannot be read any more. @param {RegExp} words */
  async seesNoLonger(words) {
    for (const end = Date.now() + PATIENCE_MS; words.test(await this.text());) {
      if (Date.now() > end) throw new Error(`${words} is still shown`);
    }
  }

  /** Whether it can be read now. @param {RegExp} words */
  async canRead(words) { return words.test(await this.text()); }

  /**
   * Where this is written, once it no longer moves: the topmost, or the first below or beside something else.
   * @param {string | RegExp} says @param {{below?: string | RegExp, beside?: string | RegExp, nth?: number}} [where]
   * @returns {Promise<Line>}
   */
  async find(says, where = {}) {
    let before = '';
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const found = this.among(await this.lines(), says, where);
      const now = JSON.stringify(found);
      if (found && now === before) return found;
      before = now;
    }
    throw new Error(`"${says}" is not on the screen. Shown: ${await this.text()}`);
  }

  /**
   * @param {Line[]} lines @param {string | RegExp} says @param {{below?: string | RegExp, beside?: string | RegExp, nth?: number}} where
   * @returns {Line | undefined}
   */
  among(lines, says, {below, beside, nth = 0}) {
    const fits = ({text}) => (typeof says === 'string' ? text === says : says.test(text));
    // What can be pressed comes before a heading of the same words.
    const pressed = (line) => lines.some(({icon, text, x, y, width, height}) => icon && text === line.text && y <= middle(line).y && y + height >= middle(line).y && x <= line.x && x + width >= line.x);
    const rank = (line) => (line.icon ? 2 : pressed(line) ? 0 : 1);
    let left = lines.filter(fits).sort((a, b) => rank(a) - rank(b) || a.y - b.y || a.x - b.x);
    if (below) {
      const from = this.among(lines, below, {});
      left = from ? left.filter((line) => line.y > from.y + from.height / 2) : [];
    }
    if (beside) {
      const from = this.among(lines, beside, {});
      left = from ? left.filter((line) => line !== from && sameRow(line, from)) : [];
    }
    return left[nth];
  }

  /** Presses what says this. @param {string | RegExp} says @param {Parameters<Person['find']>[1]} [where] */
  async press(says, where) { await this.pressAt(middle(await this.find(says, where)), says); }

  /** Presses there, where the canvas is not covered. @param {{x: number, y: number}} at @param {any} [what] */
  async pressAt({x, y}, what = '') {
    const top = await this.page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest('[id]')?.id, [x, y]);
    if (top !== 'canvas' && top !== 'canvas-text') throw new Error(`"${what}" at ${x}, ${y} is covered by ${top}`);
    if (this.touch) return this.page.touchscreen.tap(x, y);
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.up();
  }

  /** Rests the pointer on what says this. @param {string | RegExp} says @param {Parameters<Person['find']>[1]} [where] */
  async pointAt(says, where) {
    const {x, y} = middle(await this.find(says, where));
    await this.page.mouse.move(x, y);
  }

  /** What is written right of a label. @param {string | RegExp} label @returns {Promise<Line>} */
  async besides(label) {
    let before = '';
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const lines = await this.lines();
      const from = this.among(lines, label, {});
      const right = from && lines.filter((line) => !line.icon && line !== from && sameRow(line, from) && line.x >= from.x + from.width - 1).sort((a, b) => a.x - b.x)[0];
      const now = JSON.stringify(right);
      if (right && now === before) return right;
      before = now;
    }
    throw new Error(`nothing is written beside "${label}". Shown: ${await this.text()}`);
  }

  /** The text right of a label, once it matches. @param {string | RegExp} label @param {RegExp} [wanted] */
  async reads(label, wanted = /./) {
    for (const end = Date.now() + PATIENCE_MS;;) {
      const {text} = await this.besides(label);
      if (wanted.test(text)) return text;
      if (Date.now() > end) throw new Error(`beside "${label}" is "${text}", not ${wanted}`);
    }
  }

  /** What is written under a label: a figure of the bar. @param {string} label @param {RegExp} [wanted] */
  async figure(label, wanted = /./) {
    let said = '';
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const lines = await this.lines();
      const from = this.among(lines, label, {});
      const under = from && lines.filter((line) => !line.icon && line !== from && line.y > from.y && line.y < from.y + 3 * from.height && line.x < from.x + from.width && line.x + line.width > from.x)
          .sort((a, b) => a.y - b.y)[0];
      said = under?.text ?? '';
      if (under && wanted.test(said)) return said;
    }
    throw new Error(`under "${label}" is "${said}", not ${wanted}`);
  }

  /**
   * Presses Tab until the focus is seen on what says this, or on the field beside it.
   * @param {string | RegExp} says @param {{key?: string, most?: number}} [how]
   */
  async tabsTo(says, {key = 'Tab', most = 150} = {}) {
    const fits = ({text}) => (typeof says === 'string' ? text === says : says.test(text));
    for (let i = 0; i < most; ++i) {
      const lines = await this.lines();
      const at = lines.find(({focused}) => focused);
      const on = (line) => line.x < at.x + at.width && line.x + line.width > at.x && middle(line).y > at.y && middle(line).y < at.y + at.height;
      const beside = (line) => sameRow(line, at) && line.x < at.x && at.x - line.x < 320;
      if (at && lines.some((line) => fits(line) && (line.focused || (!line.icon && (on(line) || beside(line)))))) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${most} times ${key} do not lead to "${says}". Shown: ${await this.text()}`);
  }

  /** Waits until keys go into a text field. */
  editing() { return this.page.waitForFunction(() => document.activeElement?.id === 'canvas-text'); }

  /** Types into the field beside a label, and Enter. @param {string | RegExp} label @param {string} text */
  async types(label, text) {
    await this.pressAt(middle(await this.besides(label)), label);
    await this.editing();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Chooses from the list beside a label. @param {string | RegExp} label @param {string} option */
  async chooses(label, option) {
    await this.pressAt(middle(await this.besides(label)), label);
    await this.press(option, {below: label}).catch(() => this.press(option));
  }

  /**
   * Scrolls with wheel or finger until this can be read and pressed.
   * @param {string | RegExp} says
   * @param {{at?: {x: number, y: number}, by?: number}} [how] where the pointer is; down, or up with a negative `by`
   */
  async scrollTo(says, {at, by = 240} = {}) {
    const size = this.page.viewportSize() ?? {width: 1280, height: 800};
    const {x, y} = at ?? (size.width > 1000 ? {x: 150, y: size.height * 0.6} : {x: size.width / 2, y: size.height * 0.6});
    for (let i = 0, still = 0, before = ''; i < 120; ++i) {
      const lines = await this.lines();
      const found = this.among(lines, says, {});
      if (found && found.y > 0 && found.y + found.height < size.height - 8) return;
      const now = JSON.stringify(lines);
      still = now === before ? still + 1 : 0;
      if (still > 6) break;  // it is at the end
      before = now;
      await (this.touch ? this.drags({x, y}, {x, y: y - by}) : this.wheels({x, y}, by));
    }
    throw new Error(`scrolling does not lead to "${says}". Shown: ${await this.text()}`);
  }

  /** @param {{x: number, y: number}} at @param {number} by */
  async wheels({x, y}, by) {
    await this.page.mouse.move(x, y);
    await this.page.mouse.wheel(0, by);
  }

  /** Moves a finger, or the mouse with its button down. @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
  async drags(from, to) {
    const between = (share) => ({x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share});
    const steps = [0.1, 0.3, 0.5, 0.7, 0.9, 1];
    if (!this.touch) {
      await this.page.mouse.move(from.x, from.y);
      await this.page.mouse.down();
      for (const share of steps) await this.page.mouse.move(between(share).x, between(share).y);
      return this.page.mouse.up();
    }
    this.fingers ??= await this.page.context().newCDPSession(this.page);
    await this.fingers.send('Input.dispatchTouchEvent', {type: 'touchStart', touchPoints: [from]});
    for (const share of steps) await this.fingers.send('Input.dispatchTouchEvent', {type: 'touchMove', touchPoints: [between(share)]});
    await this.fingers.send('Input.dispatchTouchEvent', {type: 'touchEnd', touchPoints: []});
  }

  /** Drops files on the page. @param {{name: string, bytes: Uint8Array}[]} files */
  async drops(files) {
    const transfer = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const {name, text} of files) transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      return transfer;
    }, files.map(({name, bytes}) => ({name, text: Buffer.from(bytes).toString('base64')})));
    for (const type of ['dragenter', 'dragover', 'drop']) await this.page.dispatchEvent('#canvas', type, {dataTransfer: transfer});
  }

  /** Chooses files where the page opens the system's window. @param {() => Promise<any>} press @param {{name: string, bytes: Uint8Array}[]} files */
  async picks(press, files) {
    const asked = this.page.waitForEvent('filechooser');
    await press();
    await (await asked).setFiles(files.map(({name, bytes}) => ({name, mimeType: '', buffer: Buffer.from(bytes)})));
  }

  /** A picture of the page in the folder LOOK, to be looked at. @param {string} name */
  async looks(name) {
    if (process.env.LOOK) await writeFile(`${process.env.LOOK}/${name}.png`, await this.page.screenshot());
  }
}
