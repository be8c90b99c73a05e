// The page at the sizes at which people come, opened for one of them.
import {openPage} from '../chromium.js';
import {Person} from '../person.js';

const SIZES = {
  desktop: {viewport: {width: 1280, height: 800}},
  phone: {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true, deviceScaleFactor: 3},
  tablet: {viewport: {width: 820, height: 1180}, hasTouch: true, isMobile: true},
};
export const FEW = "data={'kind':'sample','seed':1,'train':300,'test':100}";  // of a link: pictures that are trained in a moment

/**
 * @param {{browser: import('playwright-core').Browser, site: {origin: string}}} there of servedSite()
 * @param {keyof typeof SIZES} size
 * @param {string} [link] what follows "#"
 * @param {Parameters<typeof openPage>[2]} [options]
 */
export async function visit({browser, site}, size, link = '', options = {}) {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const opened = await openPage(browser, `${site.origin}/${link && `#v=1&${link}`}`, {...SIZES[size], permissions, painted: Boolean(process.env.LOOK), ...options});
  const person = new Person(opened.page, {touch: size !== 'desktop'});
  return {...opened, person};
}
