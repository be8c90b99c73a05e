// What files are that somebody gives as a data set, and the names in zip files. No browser needed.
import assert from 'node:assert/strict';
import * as buffer from 'node:buffer';
import {readFile} from 'node:fs/promises';
import {describe, test} from 'node:test';

import {refusal, sortByKind, withoutCopies} from '../../shell/site/data/data_files.js';
import {modelFiles} from '../../shell/site/data/model_files.js';
import {isSystemFile} from '../../shell/site/data/paths.js';
import {formatOf, sizeInHeader} from '../../shell/site/data/picture_formats.js';
import {decodeName, encodingOf} from '../../shell/site/data/zip_names.js';
import {kindOf} from '../../shell/site/page/drop_target.js';
import {gray16, zip} from './pictures.js';

globalThis.File ??= buffer.File;  // Node 18 has no global one
const given = (path, content = 'x') => ({path, file: new File([content], path)});

describe('files of a data set', () => {
  test('by name, or by their first bytes if the name is not informative', async () => {
    const files = [
      given('a/train.parquet'), given('zoo.zip'), given('cifar-10-binary.tar (1).gz'), given('x.bin'), given('data_batch_1'), given('1.JFIF'),
      given('notes.txt'), given('._x.bin'), given('archive', zip({'a/1.png': Buffer.from('x')})), given('table', 'PAR1'),
      given('packed', Buffer.from([0x1f, 0x8b, 8])), given('train', Buffer.from([0x80, 2, 125])), given('setup.exe', 'MZ...'),
    ];
    const kinds = await sortByKind(files);
    const paths = (kind) => (kinds.get(kind) ?? []).map(({path}) => path);
    assert.deepEqual(paths('parquet'), ['a/train.parquet', 'table']);
    assert.deepEqual(paths('zip'), ['zoo.zip', 'archive', 'setup.exe']);
    assert.deepEqual(paths('records'), ['cifar-10-binary.tar (1).gz', 'x.bin', 'data_batch_1', 'packed', 'train']);
    assert.deepEqual(paths('picture'), ['1.JFIF']);
    assert.deepEqual(paths('other'), ['notes.txt']);
    assert.deepEqual(paths('system'), ['._x.bin']);
  });

  test('a copy in the same split is skipped under any name; equal size alone does not make a copy', async () => {
    const left = [];
    const files = [given('data_batch_1 (1).bin', 'one'), given('data_batch_1.bin', 'one'), given('data_batch_2.bin', 'two'), given('test_batch.bin', 'one')];
    const kept = await withoutCopies(files, (path) => left.push(path));
    assert.deepEqual(kept.map(({path}) => path), ['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin']);
    assert.deepEqual(left, ['data_batch_1 (1).bin']);
  });

  for (const [name, says] of [
    ['zoo.rar', /^zoo\.rar is a RAR archive.* Unpack it, and choose the folder/], ['zoo.7z', /is a 7-Zip archive/], ['x.mat', /is a MATLAB file.*scipy\.io\.loadmat/],
    ['paper.pdf', /is a document; .*save its pictures/], ['1.heic.zip.xz', /is compressed in a way/], ['x.npz', /NumPy array/], ['data.h5', /HDF5/],
    ['train-images-idx3-ubyte.gz', /MNIST/], ['x.csv', /is a table or text; expected the pictures/], ['x.tfrecord', /TFRecord/], ['x.arrow', /to_parquet/],
    ['zoo.z01', /is one part of a split archive\. Put all parts in one folder/], ['logo.svg', /is a drawing/], ['scan.tga', /format that browsers do not decode: save it/],
    ['x.onnx', /is a model, not a data set/], ['x.unknown', /^x\.unknown: not a data set; expected cifar-10-binary.* A model .* or a single picture can be dropped/], ['.DS_Store', /only hidden or system files/],
  ]) {
    test(`${name}: the error says what it is and how to convert it`, async () => assert.match((await refusal([given(name)])).message, says));
  }
});

describe('files whose content contradicts their name', () => {
  for (const [name, begin, says] of [
    ['zoo.bin', 'Rar!\x1a\x07', /^zoo\.bin is a RAR archive.*Unpack it/], ['x', '7z\xbc\xaf\x27\x1c', /^x is a 7-Zip/], ['x.dat', '\x93NUMPY', /NumPy array/],
    ['cifar.tar.gz', '<!DOCTYPE html><p>404', /is an HTML page, not a data file; download the file from/], ['data_batch_1.bin', 'version https://git-lfs.github.com/spec/v1', /is a Git LFS pointer/],
    ['model.npz', 'PK\x03\x04', /NumPy array/],
    ['net.ckpt', 'PK\x03\x04\0\0\b\b', /^net\.ckpt is a PyTorch file.* model, save it as ONNX/], ['model_best.pth.tar', 'PK\x03\x04\0\0\b\b', /is a PyTorch file/], ['checkpoint.tar', 'PK\x03\x04\0\0\b\b', /is a PyTorch file/],
    ['weights', '\x80\x02\x8a\nl\xfc\x9cF\xf9 j', /is a PyTorch file/], ['net.pt2', 'PK\x03\x04', /is a model, not a data set/], ['net.safetensors', 'version https://git-lfs', /is a Git LFS pointer/], ['train-labels-idx1-ubyte.gz', '\x1f\x8b\x08', /MNIST/], ['empty', '', /^empty is empty: copy or download it again\.$/],
  ]) {
    test(`${name}, which begins with ${JSON.stringify(begin.slice(0, 8))}: what it is`, async () => {
      const file = given(name, Buffer.from(begin, 'latin1'));
      assert.deepEqual([...(await sortByKind([file])).keys()], ['other']);
      assert.match((await refusal([file])).message, says);
    });
  }
  test('class names next to batches are not a batch; a picture without an extension is a picture', async () => {
    const kinds = await sortByKind([given('py/batches.meta', Buffer.from([0x80, 2, 125])), given('py/data_batch_1'), given('zoo/ant/one', gray16())]);
    assert.deepEqual([...kinds].map(([kind, files]) => [kind, files.map(({path}) => path)]),
        [['names', ['py/batches.meta']], ['records', ['py/data_batch_1']], ['picture', ['zoo/ant/one']]]);
  });
  test('what a system makes, by the list that the tests of the core have as well', async () => {
    const {system, own} = JSON.parse(await readFile(new URL('../fixtures/system_files.json', import.meta.url), 'utf8'));
    assert.deepEqual(system.filter((name) => !isSystemFile(name)), []);
    assert.deepEqual(own.filter(isSystemFile), []);
  });
});

describe('files that are dropped', () => {
  for (const [what, files, kind] of [
    ['a model with what lies beside it', ['model.json', 'weights.bin', 'labels.txt', 'metadata.json', '.DS_Store', 'README.md'], 'model'],
    ['an ONNX file with its data and a picture', ['m/model.onnx', 'm/model.onnx.data', 'm/preview.png'], 'model'],
    ['a Keras file', ['model.keras'], 'model'],
    ['a picture and what macOS writes beside it', ['cat.png', '._cat.png'], 'picture'],
    ['batches', ['data_batch_1.bin', 'test_batch.bin', 'readme.html'], 'data'],
    ['folders of pictures with a table', ['zoo/ant/1.png', 'zoo/bee/1.png', 'zoo/labels.json'], 'data'],
  ]) {
    test(`${what}: ${kind}`, async () => assert.equal(await kindOf(files.map((path) => given(path))), kind));
  }
  for (const name of ['model_best.pth.tar', 'net.pt2', 'net.ort']) {
    test(`${name}: model`, async () => assert.equal(await kindOf([given(name)]), 'model'));
  }
  test('a zip file of a model in macOS', async () => {
    const file = zip({'model.onnx': Buffer.from('x'), '__MACOSX/._model.onnx': Buffer.from('x')});
    assert.equal(await kindOf([given('m.zip', file)]), 'model');
  });
  test('the model\'s own files are imported, the one that describes it first', () => {
    const own = (...paths) => modelFiles(paths, (path) => path);
    assert.deepEqual(own('metadata.json', 'group1-shard1of1', 'labels.txt', '._model.json', 'README.md', 'model.json', 'preview.png'),
        ['model.json', 'metadata.json', 'group1-shard1of1', 'labels.txt']);
    assert.deepEqual(own('weights.data', 'a.onnx', '.DS_Store'), ['a.onnx', 'weights.data']);
    assert.deepEqual(own('metadata.json'), ['metadata.json']);
  });
});

describe('names in zip files that do not state their encoding', () => {
  const hex = (text) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  for (const [encoding, names, texts] of [
    ['gbk', ['c3a8', 'b9b7'], ['\u732b', '\u72d7']],
    ['shift_jis', ['83 6c 83 52', '8c a2'], ['\u30cd\u30b3', '\u72ac']],
    ['shift_jis', ['95 5c', '83 5c'], ['\u8868', '\u30bd']],  // with a byte that is \ alone
    ['cp437', ['4b 84 73 65', '42 72 94 74 63 68 65 6e'], ['K\u00e4se', 'Br\u00f6tchen']],
    ['cp437', ['8e 70 66 65 6c', '99 6c'], ['\u00c4pfel', '\u00d6l']],
    ['windows-1252', ['4b e4 73 65'], ['K\u00e4se']],
    ['big5', ['bf df', 'aa af'], ['\u8c93', '\u72d7']],
    ['ibm866', ['aa ae e2', 'e1 ae a1 a0 aa a0'], ['\u043a\u043e\u0442', '\u0441\u043e\u0431\u0430\u043a\u0430']],
    ['utf-8', ['e7 8c ab'], ['\u732b']],
  ]) {
    test(`${encoding}: ${texts.join(', ')}`, () => {
      const found = encodingOf(names.map(hex), ['en-US']);
      assert.equal(found, encoding);
      assert.deepEqual(names.map((name) => decodeName(hex(name), found)), texts);
    });
  }
  test('the user\'s language decides between encodings that fit equally well', () => {
    const name = hex('b0ed bee7 c0cc');
    assert.equal(encodingOf([name], ['ko-KR']), 'euc-kr');
    assert.equal(encodingOf([name], ['zh-CN']), 'gbk');
  });
});

test('a picture\'s format and size, by its first bytes', () => {
  assert.deepEqual(formatOf(Buffer.from('\0\0\0\x18ftypheic', 'latin1')), {name: 'a HEIC picture', supported: false});
  assert.deepEqual(formatOf(Buffer.from('II*\0', 'latin1')), {name: 'a TIFF file', supported: false});
  assert.deepEqual(formatOf(Buffer.from('text')), {name: '', supported: false});
  assert.deepEqual(sizeInHeader(gray16(40, 30)), {width: 40, height: 30});
  // A JPEG with a segment before its frame header: 32 high, 64 wide.
  assert.deepEqual(sizeInHeader(Buffer.from('ffd8 ffe00004 0000 ffc2 0011 08 0020 0040 03000000'.replaceAll(' ', ''), 'hex')), {width: 64, height: 32});
  assert.equal(sizeInHeader(Buffer.from('ffd8 ffe0ffff'.replaceAll(' ', ''), 'hex')), undefined);
});
