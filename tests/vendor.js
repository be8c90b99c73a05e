// The npm packages of the page, bundled by `npm run vendor` into shell/site/data/hyparquet.js.
export {parquetMetadataAsync, parquetReadObjects} from 'hyparquet';
