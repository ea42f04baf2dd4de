export { asUserError } from '../config/index.js';
