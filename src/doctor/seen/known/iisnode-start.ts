import { iisnodeSock } from '../../../typed-command.js';
import type { Cause, KnownText } from '../known-text.js';
import { azureIssue, iisnodeIssue, source } from './sources.js';

export const startRules = ['ENTRY_FILE_MISSING', 'ENTRY_NOT_BUILT', 'ENTRY_SYNTAX_ERROR', 'ES_MODULE_ENTRY'];

export const crash: Cause = {
  says: 'the app crashes while it starts: a missing package, a syntax error, an exception',
  fix: `read what node wrote: ${iisnodeSock} logs, or the stderr file in the folder iisnode beside the entry point`,
  rules: [
    ...startRules,
    'DEPENDENCIES_NOT_INSTALLED',
    'DEPENDENCY_NOT_DECLARED',
    'REMOVED_SOCKET_API',
    'PORT_NUMERIC',
    'APP_CRASHED',
    'APP_ENDED',
  ],
};
export const noLogFolder: Cause = {
  says: 'the pool identity must not write the log folder, and the process ends because of it',
  fix: 'icacls FOLDER\\iisnode /grant "IIS AppPool\\NAME:(OI)(CI)M", or loggingEnabled="false"',
  when: /has not written any information to stderr/i,
};
const configurationUnread: Cause = {
  says: '<iisnode> has an attribute that the installed iisnode does not know, or a child element (1031)',
  fix: 'remove it; nodeProcessStickySessions needs 0.2.24 of Azure/iisnode',
  rules: ['CONFIG_ERROR', 'STICKY_SESSIONS_NEED_IISNODE'],
};
const ymlUnread: Cause = {
  says: 'iisnode.yml has a line without a colon, or a value that cannot be converted (1032)',
  fix: 'correct the line',
  rules: ['IISNODE_YML_INVALID'],
};

/** The table of a page of IIS for an error of iisnode, whose title with the sub-status was not copied, or is 500.0. */
const ofPage = (code: string): RegExp =>
  new RegExp(`\\bModule\\W{1,20}iisnode\\b[^]{0,300}\\bError Code\\W{1,20}0x${code}\\b`, 'i');

/** node is not started, or does not listen. */
export const starting: readonly KnownText[] = [
  {
    id: 'node-exe-not-started',
    example: 'The iisnode module is unable to start the node.exe process.',
    says: 'iisnode cannot find node.exe',
    text: [/iisnode module is unable to start the node\.exe process/i],
    means: 'nodeProcessCommandLine (node.exe by default) is not found in the PATH of the Windows service WAS.',
    causes: [
      {
        says: 'node was installed after WAS started, which keeps its old PATH',
        fix: 'net stop was /y, then net start w3svc; or nodeProcessCommandLine="C:\\Program Files\\nodejs\\node.exe"',
      },
      {
        says: 'nodeProcessCommandLine in web.config or iisnode.yml names a file that is not there, or is misspelt',
        fix: 'correct the path; it must lead to an .exe',
        rules: ['COMMAND_LINE_NOT_NODE'],
      },
      {
        says: 'node is installed for one user only (nvm, below C:\\Users)',
        fix: 'install node for the machine',
        rules: ['NODE_IN_USER_PROFILE'],
      },
    ],
    apart: 'Give the full path of node.exe in nodeProcessCommandLine: if that works, it is the PATH.',
    sources: [source('cnodeprocess.cpp', 'Initialize'), iisnodeIssue(178), iisnodeIssue(302), iisnodeIssue(434)],
  },
  {
    id: 'iisnode-yml-unread',
    example: 'iisnode was unable to read the configuration file iisnode.yml.',
    says: 'iisnode cannot read iisnode.yml',
    text: [/unable to read the configuration file iisnode\.yml/i],
    means: 'It is not YAML but lines of key: value; a line without a colon makes every request fail.',
    causes: [ymlUnread, { says: 'the file is locked, or the pool must not read it', fix: 'check its rights' }],
    apart: `${iisnodeSock} doctor names the line.`,
    sources: [source('cmoduleconfiguration.cpp', 'ApplyYamlConfigOverrides')],
  },
  {
    id: 'iisnode-section-unread',
    example: 'iisnode was unable to read the configuration file.',
    says: 'iisnode cannot read its section of web.config',
    text: [/unable to read the configuration file\b(?! iisnode)/i],
    means: 'IIS does not check the section iisnode, iisnode itself does: every request fails, files of IIS still work.',
    causes: [
      configurationUnread,
      { says: 'an environment variable IISNODE_... of the worker has a bad value', fix: 'remove the variable' },
      { says: 'the schema of another iisnode is installed', fix: 'repair the installation of iisnode' },
    ],
    apart: 'Remove the attributes of <iisnode> one by one; appcmd list config names the bad one.',
    sources: [source('cnodeapplicationmanager.cpp', 'Initialize'), iisnodeIssue(166), iisnodeIssue(107)],
  },
  {
    id: 'debugging-port',
    example: 'The iisnode module is unable to find a debugging port.',
    says: 'iisnode finds no free port for its debugger',
    text: [/unable to find a debugging port|find an available debugging port/i],
    means: 'A URL with /debug starts the old debugger of iisnode, which modern node does not have.',
    causes: [{ says: 'the debugger is enabled (its default)', fix: 'debuggingEnabled="false" in <iisnode>' }],
    apart: 'It happens only at URLs that end in /debug.',
    sources: [iisnodeIssue(160)],
  },
  {
    id: '500-1000-bitness',
    example: 'HTTP Error 500.1000, Error Code 0x000000c1',
    says: 'iisnode cannot start the program of nodeProcessCommandLine: it is no Win32 program for this system (0xc1)',
    status: ['500.1000', '500.1002', '500'],
    error: ['0xc1', '0x800700c1'],
    text: [/iisnode[^\n]{0,120}not a valid Win32 application/i, ofPage('0{0,6}c1')],
    means: 'The file was found, but Windows cannot execute it.',
    causes: [
      {
        says: 'nodeProcessCommandLine names a script, a .cmd or a folder instead of node.exe',
        fix: 'nodeProcessCommandLine="C:\\Program Files\\nodejs\\node.exe"',
        rules: ['COMMAND_LINE_NOT_NODE'],
      },
      { says: 'node, iisnode and the pool differ in bitness', fix: 'install x64 node and x64 iisnode, 64-bit pool' },
    ],
    apart: 'where node.exe, and its file properties: x86 or x64.',
    sources: [iisnodeIssue(218), iisnodeIssue(222), iisnodeIssue(281), azureIssue(5)],
  },
  {
    id: 'bad-image',
    example: 'node.exe - Application Error: The application was unable to start correctly (0xc000007b).',
    says: 'Windows cannot load node.exe or a DLL of it: 32 and 64 bit are mixed, or the file is damaged (0xc000007b)',
    text: [/\b0xc000007b\b/i, /\bexit(?:ed)?[^\n]{0,40}\b(?:3221225595|-1073741701)\b/i],
    means: 'The process ends before node begins: no log of iisnode has a line of it.',
    causes: [
      {
        says: 'a DLL in the PATH, or beside node.exe, is of the other bitness',
        fix: 'install x64 node again, and remove DLLs that lie beside it',
      },
      { says: 'node, iisnode and the pool differ in bitness', fix: 'install x64 node and x64 iisnode, 64-bit pool' },
    ],
    apart: 'node -v in a command prompt on the server: the same message is node itself, none is the PATH of the pool.',
    sources: ['https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55'],
  },
  {
    id: '500-1000-access-denied',
    example: 'HTTP Error 500.1000, Error Code 0x00000005',
    says: 'iisnode must not start node.exe, or must not read the app (500.1000 with 0x5)',
    status: ['500.1000'],
    error: ['0x5', '0x80070005'],
    text: [ofPage('0{1,7}5')],
    means: 'The pool identity has no right to execute node.exe or to read the folder.',
    causes: [
      {
        says: 'node.exe is below C:\\Users (nvm, a user installation)',
        fix: 'install node for the machine',
        rules: ['NODE_IN_USER_PROFILE'],
      },
      {
        says: 'the pool identity must not read the folder of the app',
        fix: 'icacls FOLDER /grant "IIS_IUSRS:(OI)(CI)RX"',
      },
    ],
    apart: 'runas or psexec as the pool identity: does node.exe -v run?',
    sources: [source('cnodehttpmodule.cpp', 'OnExecuteRequestHandler')],
  },
  {
    id: '500-1000-not-found',
    example: 'HTTP Error 500.1000, Error Code 0x00000002',
    says: 'iisnode does not find a file that it needs (500.1000 with 0x2 or 0x3)',
    status: ['500.1000'],
    error: ['0x2', '0x3', '0x404'],
    text: [ofPage('0{1,7}[23]')],
    means: 'node.exe, its folder, or a folder of watchedFiles is missing.',
    causes: [
      {
        says: 'nodeProcessCommandLine names a file or a folder that is not there',
        fix: 'correct the path',
        rules: ['COMMAND_LINE_NOT_NODE'],
      },
      {
        says: 'watchedFiles names a folder that does not exist (0x3)',
        fix: 'create the folder, or remove the entry',
        when: /0x3\b|80070003/i,
      },
    ],
    apart: '0x2 is a file, 0x3 a folder.',
    sources: [source('cfilewatcher.cpp', 'WatchFiles'), iisnodeIssue(548)],
  },
  {
    id: '500-1000-configuration',
    example: 'HTTP Error 500.1000, Error Code 0x00000407',
    says: 'iisnode cannot read its configuration (500.1000 with 1031 or 1032)',
    status: ['500.1000'],
    error: ['0x407', '0x408'],
    means: 'A browser on the server shows a page that says more.',
    causes: [configurationUnread, ymlUnread],
    apart: '1031 (0x407) is web.config, 1032 (0x408) iisnode.yml.',
    sources: [source('cprotocolbridge.cpp', 'SendIisnodeError')],
  },
  {
    id: '500-1000',
    example: 'HTTP Error 500.1000',
    says: 'iisnode could not begin with the request (500.1000)',
    status: ['500.1000'],
    means: 'Something failed before a node process was chosen: the configuration of iisnode, or the start of node.exe.',
    causes: [
      configurationUnread,
      ymlUnread,
      { says: 'node.exe is not found or cannot be executed', fix: 'give its full path in nodeProcessCommandLine' },
      { says: 'watchedFiles names a folder that does not exist', fix: 'create it, or remove the entry' },
    ],
    apart:
      'Open the page in a browser on the server, or read sc-win32-status in the log of IIS: 1031 section, 1032 iisnode.yml, 2 or 5 or 193 node.exe, 3 watchedFiles.',
    sources: [source('cnodehttpmodule.cpp', 'OnExecuteRequestHandler'), iisnodeIssue(166)],
    follows: ['iisnode'],
  },
  {
    id: '500-1001',
    example: 'HRESULT: 0x2 HTTP status: 500 HTTP subStatus: 1001',
    says: 'node runs, but never listens on the pipe of iisnode (500.1001)',
    status: ['500.1001'],
    text: [/iisnode was unable to establish named pipe connection to the node\.exe process\b(?! before| because)/i],
    means: 'iisnode waits about 25 s for a server at the pipe whose name is in process.env.PORT.',
    causes: [
      {
        says: 'the app listens on a fixed TCP port, or on a port of its own configuration',
        fix: 'server.listen(process.env.PORT || 3000)',
        rules: ['FIXED_PORT', 'GATEWAY_PORT', 'PIPE_AS_PORT_OPTION', 'WRONG_SERVER_LISTENS', 'APP_LISTENED_ELSEWHERE'],
      },
      {
        says: 'PORT is made a number: the name of a pipe becomes NaN',
        fix: 'pass process.env.PORT to listen unchanged',
        rules: ['PORT_NUMERIC'],
      },
      {
        says: 'the code that listens runs only if (require.main === module)',
        fix: 'call listen in any case; under iisnode the main module is the interceptor',
        rules: ['MAIN_MODULE_CHECK'],
      },
      {
        says: 'the app waits for something before it listens (a database), longer than 25 s',
        fix: 'listen first, or raise maxNamedPipeConnectionRetry',
        rules: ['APP_NEVER_LISTENED'],
      },
      {
        says: 'the process is started by cluster, pm2 or another process manager',
        fix: 'let iisnode start the entry point itself',
        rules: ['CLUSTER_FORKS'],
      },
    ],
    apart: 'The stdout log: "listening on 3000" is a fixed port, nothing at all an app that waits.',
    sources: [
      source('cprotocolbridge.cpp', 'CreateNamedPipeConnection'),
      iisnodeIssue(640),
      iisnodeIssue(417),
      iisnodeIssue(564),
    ],
    follows: ['node', 'log'],
  },
  {
    id: '500-1002',
    example: 'HRESULT: 0x2 HTTP status: 500 HTTP subStatus: 1002',
    says: 'node ended before it listened (500.1002)',
    status: ['500.1002'],
    text: [/unable to establish named pipe connection to the node\.exe process before the process terminated/i],
    means: 'iisnode started node.exe, and the process has exited. What node wrote says why.',
    causes: [
      crash,
      noLogFolder,
      {
        says: 'the pool identity must not read a folder above the app (EPERM, lstat)',
        fix: 'move the app to C:\\inetpub, not below C:\\Users',
        when: /\bEPERM\b|\blstat\b/,
      },
      {
        says: 'nodeProcessCommandLine has a switch that node does not know, or a path with blanks without quotes',
        fix: 'quote the interceptor, and remove the switch',
        rules: ['INTERCEPTOR_NOT_QUOTED', 'PIPE_INSTANCES_AS_ARGUMENT'],
      },
    ],
    apart:
      'The stack below "output generated by the node.exe process to stderr". Without one: run node SERVER.js in the folder as the pool identity.',
    sources: [
      source('cprotocolbridge.cpp', 'CreateNamedPipeConnection'),
      iisnodeIssue(548),
      iisnodeIssue(614),
      iisnodeIssue(697),
    ],
    follows: ['node'],
  },
];
