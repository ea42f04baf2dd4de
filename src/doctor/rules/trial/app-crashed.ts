import { iisnodeSock } from '../../../typed-command.js';
import { nameInOtherCase } from '../../trial/name-in-other-case.js';
import type { Observations } from '../../trial/observations.js';
import { outcomeOf } from '../../trial/outcome.js';
import { fixOfDirectory } from '../../trial/working-directory.js';
import type { Place, TrialFacts, TrialRule } from '../../types.js';

const whyOfPlatform =
  'HttpPlatformHandler answers 502.5 (502.3 in version 1.2, and to the request at which the app ends); it starts the app again with the next one.';

const whyOfCase =
  'Windows does not tell upper from lower case and finds the file, so the app goes on there; this machine does, and what comes after could not be tried.';

/** The app's process ends with an error: as it starts, or at a request. */
export const appCrashed: TrialRule = {
  code: 'APP_CRASHED',
  scope: 'trial',
  severity: 'error',
  title: 'The app crashes',
  why: 'iisnode answers 500.1002, or 500.1013 to the request at which the app ends; it starts the app again with the next one.',
  help: `The doctor started the app in its own IIS, and the node process ended with an error: before it listened on process.env.PORT,
or while it answered a request. The message is the error as node wrote it; the place is the first line of its stack that is in
the app. Start the app by hand (node server.js) to see the whole stack, and fix that line. Where a package was not found, run
npm install in the app's folder; where a native add-on was built for another version of node, run npm rebuild there.`,
  check: ({ run, run: { listensOn }, program, directory, listen, place }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'crashed') return [];
    const { end, at } = outcome;
    const { code, signal, listened, cutOff, text, missingPackage } = end;
    const how = signal === null ? `exit code ${code}` : signal;
    const [request, ...others] = cutOff;
    const further = others.length === 0 ? '' : ` and ${others.length} more`;
    const when = !listened
      ? ` before it listens${listensOn === 'port' ? '' : ' on process.env.PORT'}`
      : request === undefined
        ? ''
        : ` while it answers ${request}${further}`;
    const inOtherCase = nameInOtherCase(text, at, directory);
    const spelled = inOtherCase && `write the name as it is on disk: ${inOtherCase}`;
    const fix =
      spelled ??
      fixOf(text, missingPackage) ??
      (listensOn === 'port' ? undefined : fixOfPipe(text)) ??
      fixOfDirectory(text, directory);
    const why = inOtherCase ? whyOfCase : listensOn === 'port' ? whyOfPlatform : undefined;
    // The stack of an error of listen is node's own.
    const found = place(at) ?? placeOfListen(text, run.seen, place) ?? (isOfListen(text) ? listen : undefined);
    return [
      {
        message: `${program} ends${when}: ${text === '' ? how : text}`,
        ...(inOtherCase !== undefined && { severity: 'info' as const }),
        ...(why !== undefined && { why }),
        ...(fix !== undefined && { fix }),
        ...(found && { at: found }),
      },
    ];
  },
};

/** What only listen() throws. */
const isOfListen = (text: string): boolean =>
  /\bERR_SOCKET_BAD_PORT\b|\bERR_SERVER_ALREADY_LISTEN\b|\blisten E[A-Z]+\b/.test(text);

function placeOfListen(text: string, { failed }: Observations, place: TrialFacts['place']): Place | undefined {
  const call = failed.findLast(({ code }) => text.includes(code));
  return call && /\blisten\b/.test(text) ? place(call.at) : undefined;
}

/** Packages that check the environment: convict, envalid, env-var, joi, zod. */
const pipeIsRefused =
  /\bPORT\b.*(?:\b(?:integer|number|NaN|ports?)\b|\\\\\.\\pipe\\|\/iisnode-)|\b(?:integer|number|NaN)\b.*\bPORT\b/s;

function fixOfPipe(text: string): string | undefined {
  if (/ERR_SOCKET_BAD_PORT.*\bNaN\b/.test(text))
    return 'listen(process.env.PORT) without Number, parseInt or +: under iisnode PORT is the name of a pipe';
  return pipeIsRefused.test(text)
    ? `let that check take a text: under iisnode PORT is the name of a pipe; or ${iisnodeSock} init . --loader always, which gives the app a number`
    : undefined;
}

function fixOf(text: string, missingPackage: string | undefined): string | undefined {
  if (missingPackage !== undefined) {
    const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(missingPackage) ?? [missingPackage];
    return `npm install, with ${name} among the dependencies of package.json`;
  }
  if (
    /NODE_MODULE_VERSION|compiled against a different Node|invalid ELF header|not a valid Win32|file too short|ERR_DLOPEN_FAILED|slice is not valid mach-o/i.test(
      text,
    )
  ) {
    return 'npm rebuild on the machine (and with the node) that runs the app: its native add-on was built for another one';
  }
  if (/ERR_SOCKET_BAD_PORT.*(\\\\\.\\pipe\\|\/iisnode-)/.test(text))
    return 'hand the name of the pipe to listen() itself, or as its option path: listen({ path: process.env.PORT })';
  if (/EADDRNOTAVAIL/.test(text))
    return 'listen on the port alone, without an address: this machine does not have that one';
  if (/EADDRINUSE/.test(text)) return 'listen on process.env.PORT alone: the port is in use, and IIS does not need it';
  if (/\bENOENT\b.*\.(pem|key|crt|cer|pfx|p12)'/i.test(text)) {
    return 'put that file there, on the server, too: TLS ends at IIS, but the app reads its certificate when it starts';
  }
  return undefined;
}
