import path from 'node:path';
import { type BuiltPath, readBuiltPaths } from '../../source/index.js';
import { isPathBelow } from '../../webconfig/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';

/** Those that lead outside of an app in a virtual directory. The root counts only where the path is for all URLs of the app. */
const outside = (facts: FileFacts, vdirPath: string): readonly BuiltPath[] =>
  readBuiltPaths(facts.folder).filter((each) => each.path !== '' && !isPathBelow(each.path, vdirPath));

/** The configuration of a framework has the path of another place. */
export const basePathMismatch = defineRule({
  code: 'BASE_PATH_MISMATCH',
  severity: 'error',
  title: 'The app is built for another path than its vdir path',
  why: 'Its pages load their scripts from there, and its links lead there: 404.',
  help: `Frameworks write a path into all scripts, links and requests when they build an app: basePath and assetPrefix in next.config.js,
app.baseURL in nuxt.config.ts, base in astro.config.mjs, basename in react-router.config.ts, kit.paths.base in svelte.config.js. In a virtual directory IIS gives the app only what is below its vdir path, so the app has to be built for
that path, and again after a change of it. With such a path the app answers below that path itself: the loader leaves URLs as they are
(stripVdirPath false), and socket.io needs the same path, on both ends. On a site of its own an app needs neither.`,
  check(facts) {
    const { vdirPath } = facts;
    if (vdirPath === undefined || vdirPath.path === '/' || hostedElsewhere(facts)) return [];
    return outside(facts, vdirPath.path).map(({ setting, path: built, at }) => ({
      message: `${path.basename(at.file)} builds the app for ${built} (${setting}), and it is at ${vdirPath.path}.`,
      fix: `${setting.replace(/^.*\./, '')}: '${vdirPath.path}', and build it again`,
      at,
    }));
  },
});
