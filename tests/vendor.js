// What the page takes from npm, bundled by `npm run vendor` into shell/site/data/hyparquet.js.
export {parquetMetadataAsync, parquetReadObjects} from 'hyparquet';
