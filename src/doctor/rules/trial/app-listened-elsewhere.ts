import type { Listen } from '../../trial/observations.js';
import { outcomeOf } from '../../trial/outcome.js';
import { isOfPackage } from '../../trial/own-frame.js';
import type { RuleFinding, TrialRule } from '../../types.js';

/** The app listens, but not on its pipe. */
export const appListenedElsewhere: TrialRule = {
  code: 'APP_LISTENED_ELSEWHERE',
  scope: 'trial',
  severity: 'error',
  title: 'The app listens elsewhere than where IIS looks for it',
  why: 'iisnode tries the pipe of the app for 25 seconds and then answers 500.1001, though the app runs.',
  help: `The doctor started the app in its own IIS. A server of it listened on a TCP port, or on another pipe, and not on the one whose
name is in process.env.PORT; the line is the one that called listen. Pass that value on unchanged: server.listen(process.env.PORT || 3000). It is a name, not a number:
Number(), parseInt() and a unary plus make NaN of it, and an options object takes it as path, not as port. With the loader PORT is a
number, and an http server of the app is on the pipe whatever its port: then what listens is in a child process or a thread, or is no
http server. HttpPlatformHandler gives a port instead of a pipe, in HTTP_PLATFORM_PORT, and asks 127.0.0.1: web.config has to hand it on as
PORT, and the server must not listen on another address alone.`,
  check: ({ run, listen: written, place }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'listened-elsewhere') return [];
    const { listen } = outcome;
    // Of a listen at a later turn the stack does not lead to the app.
    const at =
      listen.at === undefined || isOfPackage(listen.at.file)
        ? (written ?? (listen.at && place(listen.at)))
        : place(listen.at);
    const made = run.listensOn === 'port' ? besidePort(listen) : (behindLoader(listen) ?? besidePipe(listen));
    return [{ ...made, ...(at && { at }) }];
  },
};

function besidePipe({ port, path, replaced }: Listen): RuleFinding {
  const where = port === undefined ? `${path}` : `port ${port}`;
  if (replaced === String(port)) {
    return {
      message: `The app listens on ${where}: it has put that into process.env.PORT, in the place of the pipe.`,
      fix: 'leave PORT as it is where it is set, as process.env.PORT ??= .. and dotenv do',
    };
  }
  return {
    message: `The app listens on ${where}, not on the pipe in process.env.PORT.`,
    fix: `listen(process.env.PORT${port === undefined ? '' : ` || ${port}`})`,
  };
}

/** HttpPlatformHandler ends the process, and starts another one with the next request. */
function besidePort({ port, path, host = '', isGiven }: Listen): RuleFinding {
  if (isGiven) {
    return {
      message: `The app listens on its port at the address ${host} alone, and HttpPlatformHandler asks 127.0.0.1.`,
      why: 'HttpPlatformHandler finds no server there until startupTimeLimit is over, and answers 502.5 (502.3 in version 1.2).',
      fix: 'listen(port) without an address, or with 127.0.0.1: localhost may be ::1',
    };
  }
  const where = port === undefined ? `${path}` : `port ${port}`;
  return {
    message: `The app listens on ${where}, not on the port that HttpPlatformHandler gives it in HTTP_PLATFORM_PORT.`,
    why: 'HttpPlatformHandler waits for a server on that port until startupTimeLimit is over, and answers 502.5 (502.3 in version 1.2).',
    fix: '<environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" /> in httpPlatform, and listen(process.env.PORT)',
  };
}

/** The loader connects any http server of the process to the pipe, whatever its port; in PORT it has a number of its own. */
function behindLoader({ port, hasLoader, isGiven, isAside }: Listen): RuleFinding | undefined {
  if (!hasLoader || port === undefined) return undefined;
  const where = isGiven ? 'process.env.PORT' : `port ${port}`;
  return isAside
    ? {
        message: `A child process or a thread of the app listens on ${where}, where the loader cannot connect it to the pipe.`,
        fix: 'let the process listen that runs the entry point; nodeProcessCountPerApplication in web.config starts more of them',
      }
    : {
        message: `The app listens on ${where} with a server that answers no HTTP/1.1 requests: the loader does not connect it to the pipe.`,
        fix: 'let a server of http or https listen there, or one of http2 that handles the event request',
      };
}
