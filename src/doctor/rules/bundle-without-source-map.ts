import { programOf } from '../../app/index.js';
import { readServerBundle } from '../../source/index.js';
import { defineRule } from './define-rule.js';

/** The server is a bundle, and nothing names its sources. */
export const bundleWithoutSourceMap = defineRule({
  code: 'BUNDLE_WITHOUT_SOURCE_MAP',
  severity: 'info',
  title: 'The server is a bundle whose sources are not known',
  why: 'What is said of its code has places in the bundle, not in the sources.',
  help: `A bundler writes the server with all its packages into one file. With a source map beside it the doctor reads the sources: what it
finds has their names and lines, and code of packages is not taken for the app's. esbuild: --sourcemap; webpack: devtool: 'source-map';
rollup: output.sourcemap. The map need not be deployed.`,
  check({ folder, entries, query }) {
    return entries.flatMap((entry) => {
      if (query.scriptsOf(entry).length === 0) return []; // nothing is said of its code
      const bundle = readServerBundle(folder, programOf(entry).name);
      if (bundle === undefined || bundle.isMapped) return [];
      return [
        {
          message: `${bundle.name} is a bundle without a source map: the sources of its code are not known.`,
          fix: 'build it with a source map',
          at: bundle.at,
        },
      ];
    });
  },
});
