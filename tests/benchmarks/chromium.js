// Chromium for the bench. No page is throttled for being in the background.
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
    /** A page with its own storage, so that it does not find another page's data. */
    async newPage() {
      const context = await browser.newContext({viewport: {width: 1280, height: 800}});
      context.setDefaultTimeout(120000);  // for a busy machine
      return context.newPage();
    },
    close: () => browser.close(),
  };
}
