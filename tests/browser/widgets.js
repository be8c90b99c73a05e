// Finds widgets on the app's canvas by their names and presses them with real input events. Works with Playwright and Puppeteer.

/**
 * Runs in the page: the center of a widget in page coordinates, once the app has drawn it in the same place twice.
 * @param {string | {says: string}} wanted its name, or what is written on it
 */
async function middleOf(wanted) {
  const says = typeof wanted === 'object';
  const name = says ? wanted.says : wanted;
  const find = says ? app._app_text_rect : app._app_widget_rect;
  const text = new TextEncoder().encode(`${name}\0`);
  const at = app._malloc(16 + text.length);
  let before;
  try {
    for (const end = performance.now() + 60_000;;) {
      app.HEAPU8.set(text, at + 16);
      const found = find(at + 16, at);
      const place = found && new Float32Array(app.HEAPU8.buffer, at, 4).join();
      if (found && place === before) break;
      before = place;
      if (performance.now() > end) throw new Error(`the app has drawn no "${name}"`);
      // Wait for two more frames, so that the widget is pressed where the app's current state puts it.
      for (const frames = app._app_frames(); app._app_frames() < frames + 2 && performance.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const [left, top, width, height] = new Float32Array(app.HEAPU8.buffer, at, 4);
    const canvas = document.querySelector('#canvas').getBoundingClientRect();
    return {x: canvas.left + left + width / 2, y: canvas.top + top + height / 2};
  } finally {
    app._free(at);
  }
}

/** Presses the center of a widget with the mouse. @param {any} page @param {string | {says: string}} name */
export async function press(page, name) {
  const {x, y} = await page.evaluate(middleOf, name);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.up();
}

/** Waits until a widget is on screen and no longer moves; it may depend on a reply. @param {any} page @param {string | {says: string}} name */
export const seen = (page, name) => page.evaluate(middleOf, name);

/** Taps a widget with a finger. @param {any} page @param {string | {says: string}} name */
export async function tap(page, name) {
  const {x, y} = await page.evaluate(middleOf, name);
  await page.touchscreen.tap(x, y);
}

/**
 * Center of the text field on this label's row.
 * @param {any} page @param {string} label as it is written @returns {Promise<{x: number, y: number}>}
 */
export async function fieldOf(page, label) {
  const {y} = await page.evaluate(middleOf, {says: label});
  const {x} = await page.evaluate(middleOf, `${label.replaceAll(' ', '_')}/value`);
  return {x, y};
}

/** Runs in the page: the text of a widget; empty when it is not on screen. @param {string} name */
function textOf(name) {
  const text = new TextEncoder().encode(`${name}\0`);
  const at = app._malloc(text.length);
  app.HEAPU8.set(text, at);
  const words = app._app_widget_text(at);
  const end = app.HEAPU8.indexOf(0, words);
  const said = new TextDecoder().decode(app.HEAPU8.slice(words, end));
  app._free(at);
  return said;
}

/** The text of a widget, once it matches. @param {any} page @param {string} name @param {RegExp} [wanted] */
export async function drawn(page, name, wanted = /./) {
  for (const end = performance.now() + 60_000;;) {
    const text = await page.evaluate(textOf, name);
    if (wanted.test(text)) return text;
    if (performance.now() > end) throw new Error(`"${name}" says "${text}", not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
