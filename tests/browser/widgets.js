// Widgets of the app's canvas, found by their names and pressed as a person would. Takes Playwright's and Puppeteer's pages.

/** Runs in the page: the middle of a widget, in the page's coordinates, once the app has drawn it. @param {string} name */
async function middleOf(name) {
  const text = new TextEncoder().encode(`${name}\0`);
  const at = app._malloc(16 + text.length);
  try {
    for (const end = performance.now() + 60_000;;) {
      app.HEAPU8.set(text, at + 16);
      if (app._app_widget_rect(at + 16, at)) break;
      if (performance.now() > end) throw new Error(`the app has drawn no "${name}"`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [left, top, width, height] = new Float32Array(app.HEAPU8.buffer, at, 4);
    const canvas = document.querySelector('#canvas').getBoundingClientRect();
    return {x: canvas.left + left + width / 2, y: canvas.top + top + height / 2};
  } finally {
    app._free(at);
  }
}

/** Presses a widget with the mouse, in the middle. @param {any} page @param {string} name */
export async function press(page, name) {
  const {x, y} = await page.evaluate(middleOf, name);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.up();
}
