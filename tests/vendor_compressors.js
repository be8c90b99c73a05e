// The codecs of parquet that few files need, bundled by `npm run vendor` into shell/site/data/hyparquet_compressors.js.
export {compressors} from 'hyparquet-compressors';
