import { createRequire } from 'node:module';
import { seed } from './seed.js';

// vitest.config.ts replaces 'fast-check' by this in each test: the package itself, with the seed of the run.
// A failure prints that seed and the path to the counterexample.
const { default: fc } = createRequire(import.meta.url)('fast-check') as typeof import('fast-check');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

export default fc;
