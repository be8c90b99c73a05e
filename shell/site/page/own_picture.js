// The user's own picture for the app: from a file, the clipboard or the camera, as RGB scaled down for drawing. The app crops
// and scales it for the network (web/app/state/own_picture.h).
import {openCanvas} from '../data/canvas_pixels.js';
import {decodePictures, openBitmap, overWhite} from '../data/picture_decoder.js';
import {PlaygroundError} from '../errors.js';

const LONGEST = 512;  // pixels of a side, as web/app/state/own_picture.h expects; sixteen times the network's input
const MOST_BYTES = 64e6;  // of a file
const FRAME_EVERY = 120;  // milliseconds; about the network's speed

/**
 * @param {object} parts
 * @param {Window & typeof globalThis} parts.window
 * @param {(event: import('../trainer/trainer_client.js').Message) => void} parts.emit
 * @param {(kind: 'picture') => Promise<File[]>} parts.chooseFiles
 * @param {(error: any) => void} parts.tell reports failures that no caller awaits
 */
export function createOwnPicture({window, emit, chooseFiles, tell}) {
  const {document, navigator} = window;
  /** @type {MediaStream | undefined} */
  let stream;
  let asked = 0;  // counts camera switches, to recognize late answers of the browser
  let pictures = 0;  // requested so far; a slow decode must not replace a newer picture

  /**
   * @param {number} number of the picture
   * @param {ImageBitmap | HTMLVideoElement} image @param {number} width @param {number} height
   * @param {{name: string, live: boolean}} about @param {Uint8Array<ArrayBuffer>} [decoded]
   */
  async function show(number, image, width, height, about, decoded) {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const [w, h] = [width, height].map((size) => Math.max(1, Math.round(size * scale)));
    const canvas = await openCanvas(w, h);
    canvas.draw(image, 0, 0, w, h);
    const rgb = new Uint8Array(w * h * 3);
    const transparent = overWhite(await canvas.read(), 0, rgb, 0, w * h);
    if (number !== pictures) return;
    emit({type: 'picture', args: {...about, width: w, height: h, ...transparent && {transparent}}, payloads: [rgb.buffer, ...decoded ? [decoded.buffer] : []]});
  }

  /** @param {Blob} file @param {string} name */
  async function open(file, name) {
    stop();
    const number = ++pictures;
    if (file.size > MOST_BYTES) throw new PlaygroundError('bad_data', `${name} is too large: it has ${Math.round(file.size / 1e6)} MB; at most ${MOST_BYTES / 1e6} MB can be opened.`);
    const bitmap = await openBitmap(file).catch((error) => {
      throw error instanceof PlaygroundError ? new PlaygroundError('bad_data', `${name}: ${error.message}.`, {cause: error}) : error;
    });
    try {
      // The same numbers as in a data set (picture_decoder.js).
      const {pictures: decoded, broken} = await decodePictures([file]);
      await show(number, bitmap, bitmap.width, bitmap.height, {name, live: false}, broken.size === 0 ? decoded : undefined);
    } finally {
      bitmap.close();
    }
  }

  async function paste() {
    if (!navigator.clipboard?.read) throw new PlaygroundError('unsupported', 'This browser does not let a button read pictures from the clipboard; press Ctrl+V instead.');
    const items = await navigator.clipboard.read().catch((error) => {
      throw new PlaygroundError('refused', 'The browser did not allow reading the clipboard; press Ctrl+V instead.', {cause: error});
    });
    for (const item of items) {
      const type = item.types.find((one) => one.startsWith('image/'));
      if (type) return open(await item.getType(type), 'the clipboard');
    }
    throw new PlaygroundError('no_data', 'There is no picture on the clipboard; copy one first.');
  }

  async function camera() {
    stop();
    const mine = ++asked;
    if (!navigator.mediaDevices?.getUserMedia) throw new PlaygroundError('unsupported', 'This browser offers no camera here; it needs https:// or localhost.');
    const opened = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: 640}, height: {ideal: 480}, facingMode: 'environment'}}).catch((error) => {
      throw error.name === 'NotFoundError' ? new PlaygroundError('not_found', 'No camera was found.', {cause: error})
                                           : new PlaygroundError('refused', `The camera may not be used (${error.message}); allow it in the address bar and press again.`, {cause: error});
    });
    if (mine !== asked) return opened.getTracks().forEach((track) => track.stop());
    stream = opened;
    ++pictures;
    const video = document.createElement('video');
    Object.assign(video, {srcObject: opened, muted: true, playsInline: true});
    await video.play();
    const timer = window.setInterval(() => {
      if (stream !== opened) {
        window.clearInterval(timer);
        video.srcObject = null;
      } else if (video.videoWidth > 0) {
        showFrame(video);
      }
    }, FRAME_EVERY);
    opened.getVideoTracks()[0]?.addEventListener('ended', stop);  // unplugged, or ended by the browser
  }

  /** @param {HTMLVideoElement} video */
  async function showFrame(video) {
    try {
      await show(pictures, video, video.videoWidth, video.videoHeight, {name: 'the camera', live: true});
    } catch (error) {
      if (!stream) return;  // already reported
      stop();  // the next frame would fail as well
      tell(error);
    }
  }

  /** Switches the camera off, if it is on. */
  function stop() {
    ++asked;
    if (!stream) return;
    stream.getTracks().forEach((track) => track.stop());
    stream = undefined;
    emit({type: 'camera', args: {on: false}, payloads: []});
  }

  window.addEventListener('pagehide', stop);
  document.addEventListener('visibilitychange', () => document.hidden && stop());
  document.addEventListener('paste', (event) => {
    const file = [...event.clipboardData?.files ?? []].find(({type}) => type.startsWith('image/'));
    if (!file) return;
    event.preventDefault();
    open(file, 'the clipboard').catch(tell);
  });

  return {
    open,
    /** @param {{from: 'file' | 'clipboard' | 'camera' | 'nothing'}} args */
    async picture({from}) {
      if (from === 'camera') return camera();
      if (from === 'clipboard') return paste();
      stop();
      if (from !== 'file') return;
      const [file] = await chooseFiles('picture');
      return open(file, file.name);
    },
  };
}
