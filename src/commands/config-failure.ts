/** Of the configuration's library this alone: an import of all of it would bring all of it. */
export { asUserError } from '../config/index.js';
