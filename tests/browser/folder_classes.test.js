// Classes and splits by folders, and what is left out. No browser needed.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {sortByFolders} from '../../shell/site/data/folder_classes.js';
import {createReport} from '../../shell/site/data/load_report.js';
import {splitOf} from '../../shell/site/data/paths.js';

/** Paths of `count` pictures in each folder. */
const pictures = (count, ...folders) => folders.flatMap((folder) => Array.from({length: count}, (_, i) => `${folder}/${i}.png`));

/** What is read: the classes, the pictures of each split as "class: count", and what is left out as {why: count}. */
function read(...paths) {
  const report = createReport();
  const {class_names, pictures, problem} = sortByFolders(paths.flat().map((path) => ({path})), report);
  const count = (split) => class_names.map((_, label) => pictures.filter((one) => one.split === split && one.label === label).length);
  const {left_out, notes, line} = report.describe();
  return {classes: class_names, train: count('train'), test: count('test'), left: Object.fromEntries(left_out.map(({why, count}) => [why, count])), notes, line, problem};
}

describe('pictures in folders', () => {
  for (const [what, paths, classes, train, testCounts] of [
    ['classes alone: every fifth held out', pictures(5, 'zoo/ant', 'zoo/bee'), ['ant', 'bee'], [4, 4], [1, 1]],
    ['train and test', [...pictures(3, 'zoo/train/ant', 'zoo/train/bee'), ...pictures(2, 'zoo/test/ant', 'zoo/test/bee')], ['ant', 'bee'], [3, 3], [2, 2]],
    ['seg_train and seg_test, each in a folder of its name', [...pictures(3, 'seg_train/seg_train/ant', 'seg_train/seg_train/bee'), ...pictures(2, 'seg_test/seg_test/ant', 'seg_test/seg_test/bee')], ['ant', 'bee'], [3, 3], [2, 2]],
    ['Training_Set and ValidationData', [...pictures(3, 'Training_Set/ant', 'Training_Set/bee'), ...pictures(1, 'ValidationData/ant', 'ValidationData/bee')], ['ant', 'bee'], [3, 3], [1, 1]],
    ['pets_train beside pets_test', [...pictures(3, 'x/pets_train/ant', 'x/pets_train/bee'), ...pictures(1, 'x/pets_test/ant', 'x/pets_test/bee')], ['ant', 'bee'], [3, 3], [1, 1]],
    ['trainset and testset', [...pictures(3, 'trainset/ant', 'trainset/bee'), ...pictures(1, 'testset/ant', 'testset/bee')], ['ant', 'bee'], [3, 3], [1, 1]],
    ['a split in each class', [...pictures(3, 'ant/train', 'bee/train'), ...pictures(2, 'ant/test', 'bee/test')], ['ant', 'bee'], [3, 3], [2, 2]],
    ['the innermost split decides', [...pictures(3, 'test/train/ant', 'test/train/bee'), ...pictures(1, 'test/val/ant', 'test/val/bee')], ['ant', 'bee'], [3, 3], [1, 1]],
    ['a folder around all that is named test holds nothing apart', pictures(5, 'test/ant', 'test/bee'), ['ant', 'bee'], [4, 4], [1, 1]],
    ['a class named by words with "test" in it', pictures(5, 'crash test dummy', 'contest'), ['contest', 'crash test dummy'], [4, 4], [1, 1]],
    ['trains among other vehicles, twice', [...pictures(3, 'x/train/train', 'x/train/bus'), ...pictures(1, 'x/test/train', 'x/test/bus')], ['bus', 'train'], [3, 3], [1, 1]],
    ['"images" in each class', pictures(5, 'd/train/n01/images', 'd/train/n02/images'), ['n01', 'n02'], [4, 4], [1, 1]],
    ['photos beside drawings are classes', pictures(5, 'd/photos', 'd/drawings'), ['drawings', 'photos'], [4, 4], [1, 1]],
    ['years in each class', pictures(5, 'd/ant/2024', 'd/bee/2024'), ['ant', 'bee'], [4, 4], [1, 1]],
    ['\\ between folders', pictures(5, 'd\\ant', 'd\\bee').map((path) => path.replace('/', '\\')), ['ant', 'bee'], [4, 4], [1, 1]],
    ['accents in two forms', [...pictures(3, 'train/b\u00e4r', 'train/ant'), ...pictures(1, 'test/ba\u0308r', 'test/ant')], ['ant', 'b\u00e4r'], [3, 3], [1, 1]],
    ['Ant and ant', [...pictures(3, 'train/Ant', 'train/bee'), ...pictures(1, 'test/ant', 'test/bee')], ['Ant', 'bee'], [3, 3], [1, 1]],
    ['endings of any kind', ['jpg', 'JFIF', 'tif', 'heic', 'avif', 'jpe'].flatMap((ending) => [`ant/1.${ending}`, `bee/1.${ending}`]), ['ant', 'bee'], [5, 5], [1, 1]],
  ]) {
    test(what, () => {
      const got = read(paths);
      assert.deepEqual([got.classes, got.train, got.test], [classes, train, testCounts], got.line);
      assert.deepEqual(got.left, {});
    });
  }

  const two = pictures(5, 'zoo/ant', 'zoo/bee');
  const split = pictures(5, 'zoo/train/ant', 'zoo/train/bee');
  for (const [what, paths, left] of [
    ['a picture beside the class folders', [...two, 'zoo/preview.png'], {'pictures beside the class folders': 1}],
    ['a picture at the root', [...two, 'preview.png'], {'pictures in no folder': 1}],
    ['a test folder without classes', [...split, ...pictures(4, 'zoo/test')], {'pictures without a class, directly in "test"': 4}],
    ['a test folder with only "images" in it', [...split, ...pictures(4, 'zoo/val/images')], {'pictures without a class, directly in "val"': 4}],
    ['seg_pred', [...split, ...pictures(4, 'zoo/seg_pred/seg_pred')], {'pictures without a class, in "seg_pred"': 4}],
    ['classes that somebody predicted', [...split, ...pictures(1, 'zoo/predictions/ant', 'zoo/predictions/bee')], {'pictures without a class, in "predictions"': 2}],
    ['what systems leave behind', [...two, '__MACOSX/zoo/ant/._1.png', 'zoo/ant/._1.png', 'zoo/.DS_Store', 'zoo/bee/Thumbs.db', 'zoo/.git/x.png'], {'hidden or system files': 5}],
    ['texts', [...two, 'zoo/README.md', 'zoo/ant/notes.txt'], {'files that are not pictures': 2}],
    ['formats of no browser', [...two, 'zoo/ant/1.psd', 'zoo/bee/2.CR2'], {'pictures in a format that browsers do not decode': 2}],
  ]) {
    test(`${what}: skipped, and reported`, () => {
      const got = read(paths);
      assert.deepEqual([got.classes, got.train, got.test, got.left], [['ant', 'bee'], [4, 4], [1, 1], left]);
      assert.match(got.line, /^Classes: by folder \(ant, bee\)\. Test pictures: every fifth of a class, because no folder separates them\. Skipped: [a-z].* \(\d+\)\.$/);
    });
  }

  test('without test pictures, the report says so; classes without any are named', () => {
    assert.equal(read(pictures(4, 'zoo/ant', 'zoo/bee')).line,
        'Classes: by folder (ant, bee). Test pictures: none: no folder separates them, and every class has fewer than five pictures.');
    const mixed = read(pictures(5, 'zoo/ant'), pictures(4, 'zoo/bee'));
    assert.match(mixed.line, /Test pictures: every fifth of a class/);
    assert.deepEqual(mixed.notes, ['Without test pictures: bee.']);
  });
  test('what looks wrong is noted', () => {
    assert.deepEqual(read(pictures(3, 'train/ant', 'train/bee'), pictures(1, 'test/ant')).notes, ['Without test pictures: bee.']);
    assert.deepEqual(read(pictures(3, 'train/Ant', 'train/bee'), pictures(1, 'test/ant', 'test/bee')).notes, ['"Ant" and "ant" are read as one class.']);
    assert.deepEqual(read(pictures(5, 'home/ant', 'home/bee', 'away/ant', 'away/bee')).notes.length, 2);
  });

  test('pictures without any folder are reported', () => {
    assert.equal(read(['1.png', '2.png']).problem, '"1.png" is not in a folder of its class');
    assert.equal(read(['a/1.txt']).problem, 'there are no pictures');
  });
});

test('the split of a file: its own name, otherwise the innermost folder that states one', () => {
  for (const [path, split] of [
    ['plain_text/test-00000-of-00001.parquet', 'test'], ['my-test-data/train-00000-of-00001.parquet', 'train'], ['my-test-data/0000.parquet', 'test'],
    ['data/validation-0.parquet', 'test'], ['cifar10_test.parquet', 'test'], ['latest.parquet', undefined], ['test/train/0.parquet', 'train'],
  ]) assert.equal(splitOf(path), split, path);
});
