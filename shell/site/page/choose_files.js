// The browser's file dialog as a promise.
import {PlaygroundError} from '../errors.js';

/**
 * @param {Document} document
 * @param {'data' | 'folder' | 'model' | 'picture'} kind
 * @returns {Promise<File[]>}
 */
export function chooseFiles(document, kind) {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = kind !== 'picture';
  input.webkitdirectory = kind === 'folder';
  if (kind === 'picture') input.accept = 'image/*';
  return new Promise((resolve, reject) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => reject(new PlaygroundError('cancelled', 'No file was chosen.')));
    input.click();
  });
}
