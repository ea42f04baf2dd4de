import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** The most characters of one failure. */
const most = 1500;

/**
 * A reporter of vitest that writes all that failed into the file TEST_FAILURES, as a JSON list of texts: tests, what is around
 * them (a hook, a file that cannot be loaded), and errors that nothing caught. Its JSON reporter knows the first alone.
 */
export default class Failures {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly object[]} uncaught
   */
  onTestRunEnd(modules, uncaught) {
    const texts = modules.flatMap((module) => {
      const file = path.relative(process.cwd(), module.moduleId);
      const around = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
      return [
        ...around.map((suite) => textOf(`${file}  around ${suite.fullName ?? 'its tests'}`, suite.errors())),
        ...[...module.children.allTests('failed')].map((test) =>
          textOf(`${file}  ${test.fullName}`, test.result().errors ?? []),
        ),
      ];
    });
    texts.push(...uncaught.map((error) => textOf('an error that nothing caught', [error])));
    writeFileSync(process.env.TEST_FAILURES ?? '', JSON.stringify(texts));
  }
}

/** @returns {string} The title, and what is known of its errors. */
function textOf(title, errors) {
  const known = errors.flatMap(withCauses).map((error) => error.stack ?? error.message ?? JSON.stringify(error));
  return [title, ...known.map(folded)].join('\n').slice(0, most);
}

/** The reason of a property that does not hold stands in its cause alone. */
function withCauses(error) {
  return error.cause ? [error, ...withCauses(error.cause)] : [error];
}

/** A text without the length of a counterexample such as `xxx…`. */
function folded(text) {
  return text.replace(/(.)\1{99,}/gs, (run, character) => `${character.repeat(3)}… (${run.length} times)`);
}
