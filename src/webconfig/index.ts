export { diskReader } from './disk-reader.js';
export { generateWebConfig } from './generate.js';
export { type IisnodeAttribute, iisnodeAttributes, iisnodeDefaults } from './iisnode-attributes.js';
export { IisnodeConfigError, type IisnodeErrorPlace } from './iisnode-error.js';
export { type IisnodeSettingsOptions, readIisnodeSettings } from './iisnode-settings.js';
export { parseIisnodeYml, type YmlEntry } from './iisnode-yml.js';
export type * from './types.js';
export { type NamedVdirPath, normalVdirPath, vdirPathIn } from './vdir-path.js';
export { writeFileAtomic } from './write-file.js';
