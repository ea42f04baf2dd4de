import type { Listen } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { isBuiltScript } from '../facts/build-product.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { portIsRefused } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly coercion: NonNullable<Listen['coercion']>;
}

/** The server converts the pipe's name to a number. */
export const portNumeric = defineRule<FixData>({
  code: 'PORT_NUMERIC',
  severity: 'error',
  disprovedBy: 'listening',
  explains: ['APP_LISTENED_ELSEWHERE', portIsRefused],
  leadsTo: ['CLIENT_ADDRESS_LOCAL'],
  title: 'The server converts PORT to a number',
  why: 'Under iisnode PORT is the name of a pipe, \\\\.\\pipe\\..: no number can be made of it, the server ends or listens elsewhere, and iisnode answers 500.1001 or 500.1002.',
  help: `iisnode tells node the name of a named pipe in process.env.PORT, and listen() takes it as it is. Number(..), parseInt(..)
and + convert it to NaN; with || 3000 after them the server listens on port 3000, which iisnode does not know. Write
server.listen(process.env.PORT || 3000), without any conversion. A function that returns values that are not numbers unchanged, such as
express-generator's normalizePort, is fine. --fix removes the conversion.
Or let ${iisnodeSock} init . --loader always start the app: then PORT is a number, and the code stays as it is.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const findings = new Map<string, RuleFinding<FixData>>();
    for (const script of facts.entries.flatMap((entry) => facts.query.scriptsOf(entry))) {
      for (const { at, guarded, isCoerced, coercion, numbersOnly } of script.listens) {
        if (guarded || !isCoerced) continue;
        // Where numbers only will do, the app ends without the conversion.
        const isFixable =
          facts.webConfig.bytes !== undefined && !isBuiltScript(facts, script) && numbersOnly === undefined;
        findings.set(`${script.name}:${at.line}:${at.column}`, {
          message: 'The server converts process.env.PORT, which is the name of a pipe under iisnode, to a number.',
          fix: 'listen(process.env.PORT || 3000), without Number, parseInt or +',
          at,
          loader: { says: 'makes a number of PORT', ofIisnode: true },
          ...(coercion && isFixable && { data: { file: script.source.file, coercion } }),
        });
      }
    }
    return [...findings.values()];
  },
  fix(_facts, { data }) {
    if (!data) return [];
    const { start, end, text } = data.coercion;
    return [{ file: data.file, edits: [{ span: { start, end }, text }] }];
  },
});
