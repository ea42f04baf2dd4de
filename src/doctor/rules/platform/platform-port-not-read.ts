import { codeText } from '../../../source/index.js';
import { insertIntoSection } from '../../../webconfig/index.js';
import { activeListens } from '../../facts/active-listens.js';
import { readsVariable } from '../../facts/environment-names.js';
import { type HttpPlatform, httpPlatformOf, startsEntry } from '../../facts/http-platform.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

const port = '%HTTP_PLATFORM_PORT%';
const asksForPort = (text: string): boolean => text.toUpperCase().includes(port);

/** Does the code read a variable that has the port, or the port itself? */
function isRead({ server }: FileFacts, { variables }: HttpPlatform): boolean {
  const names = variables.filter(({ value }) => asksForPort(value)).map(({ name }) => name);
  const isNamed = (variable = ''): boolean => names.some((name) => name.toUpperCase() === variable.toUpperCase());
  if (server.scripts.some(({ listens }) => listens.some(({ variable }) => isNamed(variable)))) return true;
  return server.scripts.some((script) => {
    const words = new Set(codeText(script).split(/[^\w$]+/));
    return ['HTTP_PLATFORM_PORT', ...names].some((name) => words.has(name));
  });
}

/** node listens on another port than the one where HttpPlatformHandler looks for it (S60, httpplatformhandler.md 4 and 5). */
export const platformPortNotRead = defineRule<string>({
  code: 'PLATFORM_PORT_NOT_READ',
  severity: 'error',
  disprovedBy: 'listening',
  explains: ['APP_LISTENED_ELSEWHERE'],
  title: 'node does not listen on the port of HttpPlatformHandler',
  why: 'HttpPlatformHandler waits for a server on the port in HTTP_PLATFORM_PORT, ends node when none comes, and answers 502.5 (502.3 in version 1.2).',
  help: `HttpPlatformHandler chooses a free port for each process and tells it in the environment variable HTTP_PLATFORM_PORT. Most node apps
read PORT, which is set only if web.config does it: <environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%"
/></environmentVariables> in httpPlatform. A number in the code is never the right port: write server.listen(process.env.PORT || 3000).
--fix adds the variable that the code reads, PORT or another one.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    if (platform === undefined || asksForPort(platform.arguments) || !startsEntry(facts, platform)) return [];
    if (facts.loader !== undefined) return []; // whatever port the app names, it gets that one
    const listens = activeListens(facts);
    const [first] = listens;
    if (first === undefined || !facts.server.isWhole || isRead(facts, platform)) return [];
    const fixed = listens.every(({ port: value }) => value.kind === 'literal');
    // A computed port may come from anywhere.
    if (!fixed && !listens.every(({ port: value }) => value.kind === 'environment')) return [];
    const [variable, ...others] = new Set(listens.map((listen) => listen.variable));
    const name = others.length === 0 && variable !== undefined ? variable : 'PORT';
    const isSet = platform.variables.some((each) => each.name.toUpperCase() === name.toUpperCase());
    return [
      {
        message: fixed
          ? 'The server listens on a fixed port, not on the one that HttpPlatformHandler gives it.'
          : 'The server takes its port from the environment, but web.config does not pass the port of HttpPlatformHandler on.',
        fix: `${fixed ? 'listen(process.env.PORT || 3000), and ' : ''}<environmentVariable name="${name}" value="${port}" />`,
        at: fixed ? first.at : facts.query.place(platform.section),
        ...(!fixed && readsVariable(facts, name) && !isSet && { data: name }),
      },
    ];
  },
  fix(facts, { data }) {
    if (!data) return [];
    const xml = `<environmentVariable name="${data}" value="${port}" />`;
    const path = 'system.webServer/httpPlatform/environmentVariables';
    return editWebConfig(facts, (document) => insertIntoSection(document, path, xml));
  },
});
