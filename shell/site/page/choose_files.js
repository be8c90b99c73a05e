// The browser's file dialog as a promise.
import {PlaygroundError} from '../errors.js';

/**
 * @param {Document} document
 * @param {'data' | 'folder' | 'model' | 'weights' | 'picture'} kind
 * @returns {Promise<File[]>}
 */
export function chooseFiles(document, kind) {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = kind !== 'picture';
  input.webkitdirectory = kind === 'folder';
  if (kind === 'picture') input.accept = 'image/*';
  return new Promise((resolve, reject) => {
    const none = () => reject(new PlaygroundError('cancelled', 'No file was chosen.'));
    input.addEventListener('change', () => input.files?.length ? resolve([...input.files]) : none());
    input.addEventListener('cancel', none);
    input.click();
  });
}
