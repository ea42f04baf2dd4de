import type { Family } from '../known-text.js';
import { iisnodeIssue } from './sources.js';

const events =
  'https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc735185(v=ws.10)';

/** Entries of the Windows event log: WAS in System, IIS-W3SVC-WP in Application. */
export const serverEvent: Family = {
  name: 'server-event',
  rule: 'SEEN_SERVER_EVENT',
  texts: [
    {
      id: 'module-wrong-architecture',
      example:
        "The Module DLL 'iisnode.dll' could not be loaded due to a configuration problem. The current configuration only supports loading images built for a AMD64 processor architecture.",
      says: 'The DLL of iisnode is of another bitness than the application pool',
      text: [
        /Module DLL[^\n]{0,200}could not be loaded due to a configuration problem/i,
        /only supports loading images built for a/i,
      ],
      means: 'A pool with enable32BitAppOnWin64="true" loads 32-bit modules only, the others 64-bit ones.',
      causes: [
        {
          says: 'iisnode x86 and a 64-bit pool, or the reverse',
          fix: 'install iisnode x64, and enable32BitAppOnWin64 false for the pool',
        },
        { says: 'the entry of globalModules has no preCondition', fix: 'preCondition="bitness64" for the x64 DLL' },
      ],
      apart: 'The text says for which processor the pool is: AMD64 or x86.',
      sources: [iisnodeIssue(23), iisnodeIssue(267)],
    },
    {
      id: 'module-not-loaded',
      example: 'The Module DLL C:\\Program Files\\iisnode\\iisnode.dll failed to load. The data is the error.',
      says: 'IIS cannot load the DLL of iisnode: every site of such a pool answers 503',
      text: [
        /Module DLL[^\n]{0,200}failed to load/i,
        /module[^\n]{0,60}iisnode[^\n]{0,60}(?:failed|could not be) (?:to )?load(?:ed)?/i,
      ],
      means: '"The data is the error": 7E a DLL is missing, 7F an old system, C1 the bitness, 05 no right.',
      causes: [
        {
          says: 'x64 and x86 are mixed: the DLL is not for the bitness of the pool (C1)',
          fix: 'enable32BitAppOnWin64 false and iisnode x64; or preCondition="bitness64" in globalModules',
          when: /\bc1 ?00 ?00 ?00|0x(?:800700|0{0,6})c1\b|32-?bit/i,
        },
        {
          says: 'the DLL or the Visual C++ runtime that it needs is missing (7E)',
          fix: 'repair iisnode, install the Visual C++ redistributable of the same bitness',
          when: /\b7e ?00 ?00 ?00|0x(?:8007|0{0,6})00?7e\b/i,
        },
        {
          says: 'the system is too old for this build (7F: Windows XP, Server 2003)',
          fix: 'a newer Windows',
          when: /\b7f ?00 ?00 ?00|0{0,6}7f\b/i,
        },
        {
          says: 'the pool identity must not read the folder of iisnode (Plesk sets Deny)',
          fix: 'icacls "C:\\Program Files\\iisnode" /grant "IIS_IUSRS:(OI)(CI)RX"',
          when: /\b05 ?00 ?00 ?00|denied|\bDeny\b|Plesk/i,
        },
      ],
      apart: 'The data of the event (Details, binary): its first byte.',
      sources: [iisnodeIssue(267), iisnodeIssue(468), iisnodeIssue(231), iisnodeIssue(47), iisnodeIssue(135)],
      follows: ['module-wrong-architecture'],
    },
    {
      id: 'pool-disabled',
      example:
        "Application pool 'chat' is being automatically disabled due to a series of failures in the process(es) serving that application pool.",
      says: 'IIS has stopped the application pool after repeated failures (rapid-fail protection)',
      text: [
        /application pool '?[^\n]{0,120}(?:is being automatically disabled|has been disabled|is being disabled)/i,
        /\bRapid-?Fail Protection\b/i,
      ],
      means: 'Five failures in five minutes: then every request gets 503 until the pool is started again.',
      causes: [
        {
          says: 'a module DLL cannot be loaded',
          fix: 'look for event 2280 of IIS-W3SVC-WP',
          when: /2280|failed to load/i,
        },
        {
          says: 'the worker process crashes',
          fix: 'look for "Application Error" with w3wp.exe and the faulting module',
        },
        {
          says: 'the identity of the pool is invalid (5021, 5057, 5059)',
          fix: 'set the password again',
          when: /50(?:21|57|59)|identity/i,
        },
      ],
      apart: 'The entries before it have the reason.',
      sources: [events, iisnodeIssue(414)],
      follows: ['module-not-loaded', 'module-wrong-architecture', 'pool-identity'],
    },
    {
      id: 'pool-identity',
      example: 'The identity of application pool chat is invalid.',
      says: 'The identity of the application pool cannot log on',
      text: [
        /identity of application pool[^\n]{0,120}is invalid/i,
        /user name or password[^\n]{0,80}(?:identity|application pool)/i,
      ],
      means: 'The account or its password is wrong, or it may not log on as a batch job.',
      causes: [{ says: 'the password was changed', fix: 'set it again: Advanced Settings, Identity' }],
      apart: 'ApplicationPoolIdentity has no password: try it.',
      sources: [events],
    },
    {
      id: 'worker-crashed',
      example: "A process serving application pool 'chat' terminated unexpectedly.",
      says: 'The worker process of IIS ended unexpectedly',
      text: [
        /process serving application pool[^\n]{0,120}(?:terminated unexpectedly|fatal communication error)/i,
        /worker process failed to initialize correctly/i,
        /Faulting application (?:name: )?w3wp\.exe/i,
        /listener channel failure/i,
      ],
      means: 'w3wp.exe itself crashed, and node.exe with it: all sockets are dropped.',
      causes: [
        { says: 'a module crashes: "Faulting module" names it', fix: 'update or remove that module' },
        {
          says: 'iisnode 0.1.14 and older crash at an unknown attribute',
          fix: 'install iisnode 0.2.26',
          when: /iisnode/i,
        },
      ],
      apart: '"Faulting module name" in the entry Application Error.',
      sources: [events, iisnodeIssue(166), iisnodeIssue(41)],
      follows: ['module-not-loaded', 'module-wrong-architecture'],
    },
    {
      id: 'pool-shutdown-slow',
      example: "A process serving application pool 'chat' exceeded time limits during shut down.",
      severity: 'warning',
      says: 'The application pool did not end in time: open sockets hold it',
      text: [/exceeded (?:its )?time limits? during shut ?down/i],
      means: 'An open WebSocket is a request that never ends; after 90 s IIS ends the process.',
      causes: [
        {
          says: 'the app does not close its sockets at a recycle',
          fix: 'gracefulShutdownTimeout="5000"; clients reconnect',
        },
      ],
      apart: 'It happens at recycles and deployments only.',
      sources: [events, iisnodeIssue(601), 'https://github.com/Azure/iisnode/issues/80'],
    },
    {
      id: 'pool-idle',
      example:
        "A worker process with process id of '4120' serving application pool 'chat' was shutdown due to inactivity.",
      severity: 'warning',
      says: 'IIS ended the app because it was idle, or periodically',
      text: [
        /was shut ?down due to inactivity/i,
        /reached its allowed processing time limit/i,
        /worker process[^\n]{0,120}requested a recycle/i,
      ],
      means: 'idleTimeout is 20 min, periodicRestart 1740 min by default; node.exe ends with the worker process.',
      causes: [
        {
          says: 'the defaults of the pool',
          fix: 'appcmd set apppool NAME /processModel.idleTimeout:0 /recycling.periodicRestart.time:0 /startMode:AlwaysRunning',
        },
      ],
      apart: 'After 20 min without requests, or every 29 h.',
      sources: [events, iisnodeIssue(209), iisnodeIssue(422)],
    },
  ],
};
