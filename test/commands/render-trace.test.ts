import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderSteps } from '../../src/commands/render-trace.js';
import { colours } from '../../src/terminal/index.js';

/** How a ladder drawn in the folder `cwd` shows the place of a static file. */
function shown(file: string, cwd: string): string | undefined {
  const trace = {
    url: 'http://localhost/x.js',
    method: 'GET',
    steps: [{ stage: 'static-file', input: file, result: 'text/html' }],
    outcome: { kind: 'handler', url: '/x.js', status: 200, modules: ['StaticFileModule'], script: file },
  } as const;
  return renderSteps(trace, colours(false), cwd)
    .find((line) => line.startsWith('static file'))
    ?.replace(/^static file +/, '');
}

const { root } = path.parse(process.cwd());
const file = path.join(root, 'srv', 'app', 'x.js');

describe('files in the ladder', () => {
  it('below the current folder are shown without it', () => {
    expect(shown(file, path.join(root, 'srv', 'app'))).toBe('x.js  text/html');
  });

  it('keep their whole path when the current folder is the root', () => {
    expect(shown(file, root)).toBe(`${file}  text/html`);
  });

  it("keep it if the current folder's name is only a part of it", () => {
    expect(shown(file, `${path.sep}app`)).toBe(`${file}  text/html`);
  });
});
