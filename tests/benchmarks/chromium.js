// Chromium for the bench: pages as they would be in front, none of them throttled for being behind another.
import {chromium} from 'playwright-core';

export async function launchChromium(executablePath = '/usr/bin/chromium') {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync', '--disable-background-timer-throttling',
           '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--use-gl=angle',
           '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--enable-unsafe-webgpu',
           '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
  });
  return {
    version: browser.version(),
    /** A page with storage of its own, so that none finds what another one kept. */
    async newPage() {
      const context = await browser.newContext({viewport: {width: 1280, height: 800}});
      context.setDefaultTimeout(120000);  // of a busy machine
      return context.newPage();
    },
    close: () => browser.close(),
  };
}
