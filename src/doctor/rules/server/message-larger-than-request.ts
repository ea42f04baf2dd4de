import { allowedTransports } from '../../facts/processes.js';
import { defineRule } from '../define-rule.js';

/** IIS refuses a poll that socket.io would accept (symptoms.md S63, S64). */
export const messageLargerThanRequest = defineRule({
  code: 'MESSAGE_LARGER_THAN_REQUEST',
  severity: 'warning',
  explains: ['LIVE_MESSAGE_LIMIT'],
  title: 'IIS refuses messages that socket.io accepts',
  why: 'A message that a client sends by polling is the body of a request: above maxAllowedContentLength IIS answers 413.1 or 404.13, and the connection ends.',
  help: `maxHttpBufferSize is socket.io's limit for one message. A client on polling sends it in a POST, and request filtering limits the body to
30,000,000 bytes unless web.config says otherwise: <security><requestFiltering><requestLimits maxAllowedContentLength="60000000"
/></requestFiltering></security>, in bytes. (maxRequestLength of httpRuntime is for ASP.NET only.) WebSocket messages are not limited by
it. Or lower maxHttpBufferSize, and upload large files by HTTP in parts.`,
  check(facts) {
    const limits = facts.query.section('system.webServer/security/requestFiltering')?.child('requestLimits');
    const allowed = limits?.number('maxAllowedContentLength');
    if (allowed === undefined || allowedTransports(facts)?.includes('polling') === false) return [];
    return facts.server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings: { maxHttpBufferSize: size } }) =>
        size === undefined || size.value <= allowed
          ? []
          : [
              {
                message: `maxHttpBufferSize is ${size.value}, and IIS accepts requests of ${allowed} bytes.`,
                fix: `<requestLimits maxAllowedContentLength="${size.value}" /> in security/requestFiltering`,
                at: size.at,
              },
            ],
      ),
    );
  },
});
