// Names of files and folders as people and systems write them.

/**
 * A path with / between folders on every system, and letters with accents in one form (macOS writes two).
 * @param {string} path
 */
export const normalPath = (path) => path.normalize('NFC').replaceAll('\\', '/').replace(/^[A-Za-z]:/, '').split('/').filter((part) => part !== '' && part !== '.').join('/');

/** @param {string} path */
export const baseName = (path) => path.slice(path.lastIndexOf('/') + 1);

const SYSTEM_NAME = /^(\..*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir|\$RECYCLE\.BIN|System Volume Information|Icon\r)$/i;

/**
 * Whether an operating system made this: hidden files, ._ files and __MACOSX of macOS, Thumbs.db. The same rule as is_system_file
 * in core/formats/other_files.h; tests/fixtures/system_files.json holds both to it.
 * @param {string} path
 */
export const isSystemFile = (path) => path.split(/[\\/]/).some((part) => part !== '.' && part !== '..' && SYSTEM_NAME.test(part));

const TRAIN = ['train', 'training', 'trn'];
const TEST = ['test', 'testing', 'tst', 'val', 'valid', 'validation', 'dev', 'eval', 'evaluation', 'holdout'];
const UNLABELED = ['pred', 'preds', 'predict', 'prediction', 'predictions', 'unlabeled', 'unlabelled', 'unlabel', 'unsup', 'inference', 'submission'];
/** @typedef {'train' | 'test' | 'unlabeled'} Role */
/** @type {Map<string, Role>} */
const ROLES = new Map([...TRAIN.map((word) => [word, 'train']), ...TEST.map((word) => [word, 'test']), ...UNLABELED.map((word) => [word, 'unlabeled'])]
    .map(([word, role]) => [word, /** @type {Role} */ (role)]));
// Words that say nothing about a class.
const NEUTRAL = new Set(['set', 'sets', 'data', 'dataset', 'datasets', 'image', 'images', 'img', 'imgs', 'picture', 'pictures', 'pic', 'pics', 'photo',
                         'photos', 'split', 'splits', 'seg', 'folder', 'folders', 'dir', 'file', 'files', 'jpg', 'jpeg', 'png', 'raw', 'all', 'my', 'the', 'new',
                         'sample', 'samples', 'resized', 'cropped', 'original', 'class', 'classes', 'labeled', 'labelled', 'x', 'px', 'v', 'of', 'and', 'for']);
const JOINED = new RegExp(`^(${[...TRAIN, ...TEST, ...UNLABELED].sort((a, b) => b.length - a.length).join('|')})(sets?|data|images?|imgs?|pics|pictures|photos)$`);

/** The words of a name: trainSet_01 has train and set. @param {string} name */
const wordsOf = (name) => name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase().split(/[^\p{L}]+/u).filter(Boolean)
    .flatMap((word) => JOINED.exec(word)?.slice(1) ?? [word]);

/**
 * The split that a name states for its pictures, and the rest of the name.
 * @param {string} name
 * @returns {{role?: Role, rest: string, neutral: boolean}} neutral: the rest is not informative
 */
export function roleOf(name) {
  const words = wordsOf(name);
  const roles = new Set(words.map((word) => ROLES.get(word)).filter((role) => role !== undefined));
  const rest = words.filter((word) => !ROLES.has(word));
  // "train_test_split" holds both.
  return {role: roles.size === 1 ? [...roles][0] : undefined, rest: rest.join(' '), neutral: words.length > 0 && rest.every((word) => NEUTRAL.has(word))};
}

/**
 * The split of a file by its name, otherwise by the innermost folder that states one.
 * @param {string} path @returns {'train' | 'test' | undefined}
 */
export function splitOf(path) {
  for (const part of path.split('/').reverse()) {
    const {role} = roleOf(part.replace(/(\.[a-z\d]{1,8})+$/i, ''));
    if (role === 'train' || role === 'test') return role;
  }
  return undefined;
}
