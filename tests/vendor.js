// What the page takes from npm, bundled by `npm run vendor` into shell/site/hyparquet.js.
export {parquetMetadataAsync, parquetReadObjects} from 'hyparquet';
