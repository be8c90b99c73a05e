// This page as a side. It is driven only through its scripting interface (window.playground). The fixture is served beside it
// as `data/`.

const settlingSteps = 2, checkedSteps = 6;  // as in steps.js

/** Runs in the page: answers a request through the scripting interface. @param {any} request */
async function inPage({do: what, config, batch, threads, optimizer, seconds, settle, mode, model, count}) {
  const {playground} = /** @type {any} */ (window);
  if (model) await playground.import({[model]: await (await fetch(`data/${model}`)).arrayBuffer()});
  else await playground.build(config);
  if (mode === 'forward') {
    const pixels = Uint8Array.from({length: batch * 3072}, (_, i) => i * 2654435761 >>> 24);
    for (let i = 0; i < settle; ++i) await playground.predict(pixels);
    const start = performance.now();
    let images = 0, now;
    do {
      await playground.predict(pixels);
      images += batch;
    } while ((now = performance.now()) - start < 1000 * seconds);
    return {images, seconds: (now - start) / 1000};
  }

  const points = [], times = [];  // of steps: [global_step, loss]; of events: [time, global_step]
  let stopped = false;
  const listener = ({detail}) => {
    points.push(...detail.points);
    times.push([performance.now(), detail.global_step]);
    const begun = times.find(([, step]) => step > settle);
    const enough = what === 'losses' ? detail.global_step >= count : begun && times.at(-1)[0] - begun[0] >= 1000 * seconds;
    if (enough && !stopped) {
      stopped = true;
      playground.stop();
    }
  };
  playground.addEventListener('step', listener);
  try {
    await playground.fit({epochs: 1000, batch_size: batch, validate: false, shuffle: what !== 'losses', threads,
                          ...(optimizer && {optimizer})});
  } finally {
    playground.removeEventListener('step', listener);
  }
  if (what === 'losses') return {losses: points.slice(0, count).map(([, loss]) => loss)};
  const first = times.findIndex(([, step]) => step > settle), last = times.at(-1);
  return {images: (last[1] - times[first][1]) * batch, seconds: (last[0] - times[first][0]) / 1000};
}

/** Runs in the page: the gaps between animation frames, and long tasks, during `seconds`. @param {number} seconds */
export function watchFrames(seconds) {
  const gaps = [], tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({duration}) => duration)));
  observer.observe({type: 'longtask'});
  return new Promise((resolve) => {
    const start = performance.now();
    let before = start;
    requestAnimationFrame(function frame(now) {
      gaps.push(now - before);
      before = now;
      if (now - start < 1000 * seconds) return requestAnimationFrame(frame);
      observer.disconnect();
      resolve({gaps: gaps.slice(1), tasks});
    });
  });
}

export async function openTab(_, threads, {browser, site, networks}) {
  const page = await browser.newPage();
  await page.goto(`${site}/`);
  await page.waitForFunction(() => 'playground' in window);
  await page.evaluate(() => /** @type {any} */ (window).playground.ready);
  await page.evaluate(async () => {
    const bytes = await (await fetch('data/pictures.bin')).arrayBuffer();
    await /** @type {any} */ (window).playground.load({source: [new File([bytes], 'data_batch_1.bin')]});
  });
  const {backend} = await page.evaluate(() => /** @type {any} */ (window).playground.status());
  if (backend.threads < threads) throw new Error(`the page has ${backend.threads} threads`);

  const ask = async ({network, ...request}) => {
    const {config, model, optimizer} = networks[network];
    return page.evaluate(inPage, {settle: settlingSteps, count: checkedSteps, ...request, threads, config, optimizer,
                                  model: request.do === 'losses' ? model : undefined});
  };
  /** Frame times while the network trains. */
  const frames = async ({network, batch, seconds}) => {
    await page.bringToFront();
    const training = ask({do: 'slice', network, mode: 'train', batch, seconds: seconds + 0.5});
    const watched = await page.evaluate(watchFrames, seconds);
    await training;
    return watched;
  };
  return {versions: {variant: backend.variant, kernels: backend.kernel_set}, ask, frames, close: () => page.close()};
}
