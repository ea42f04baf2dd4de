import { createRequire } from 'node:module';
import { seed } from './seed.js';

// vitest.config.ts gives this to each test that imports 'fast-check': the package itself, with the seed of the run.
// What fails prints that seed and the path to the counterexample.
const { default: fc } = createRequire(import.meta.url)('fast-check') as typeof import('fast-check');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

export default fc;
