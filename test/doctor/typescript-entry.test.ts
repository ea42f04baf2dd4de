import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';

const iisnode = (attributes = ''): string => `<configuration><system.webServer>
    <handlers><add name="iisnode" path="src/index.ts" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="src/index.ts" /></rule></rules></rewrite>
    <webSocket enabled="false" /><iisnode ${attributes} />
  </system.webServer></configuration>`;

/** What is said of src/index.ts as the entry point. */
function saidOf(code: string, attributes = ''): string[] {
  const cwd = folderWith({
    'package.json': '{ "scripts": { "build": "tsc" } }',
    'tsconfig.json': '{ "compilerOptions": { "outDir": "build", "rootDir": "src" } }',
    'web.config': iisnode(attributes),
    'src/index.ts': code,
  });
  const only = ['ENTRY_NOT_BUILT', 'ES_MODULE_ENTRY'];
  return runRules(rules, gatherFacts('.', { cwd }), { only }).diagnoses.map(
    ({ finding: { rule, severity, line, fix } }) => `${severity} ${rule}:${line} ${fix}`,
  );
}

const fix = 'compile it (npm run build), and name build/index.js in the handler and the rules';

describe('a TypeScript file as the entry point', () => {
  it('is a warning, because newer versions of node read it', () =>
    expect(saidOf("import http from 'node:http';\nhttp.createServer().listen(process.env.PORT as string);\n")).toEqual([
      `warning ENTRY_NOT_BUILT:1 ${fix}`,
    ]));

  it.each(['enum Level { Low, High }', 'export const enum Level { Low }', 'namespace Chat { export const a = 1; }'])(
    'is an error with %s',
    (code) =>
      expect(saidOf(`import http from 'node:http';\n${code}\nhttp.createServer().listen(process.env.PORT);\n`)).toEqual(
        [`error ENTRY_NOT_BUILT:2 ${fix}`],
      ),
  );

  it.each(['nodeProcessCommandLine="node --import tsx"', 'nodeProcessCommandLine="node -r ts-node/register"'])(
    'and fine with %s',
    (attributes) => expect(saidOf('enum Level { Low }\nconsole.log(Level.Low);\n', attributes)).toEqual([]),
  );

  it('declare enum is a type', () =>
    expect(saidOf('declare enum Level { Low }\nexport const low: Level | 0 = 0;\n')).toEqual([
      `warning ENTRY_NOT_BUILT:1 ${fix}`,
    ]));
});
