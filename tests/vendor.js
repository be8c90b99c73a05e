// The page's only code from npm, bundled by `npm run vendor` into shell/site/data/hyparquet.js.
export {parquetMetadataAsync, parquetReadObjects} from 'hyparquet';
