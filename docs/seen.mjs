// The page of the texts that `doctor --seen` knows; docs/rules.mjs writes it.

const places = {
  SEEN_SERVER_EVENT: 'The Windows event log',
  SEEN_CONFIGURATION_ERROR: 'IIS reads the configuration',
  SEEN_NODE_ERROR: 'node: a console, the logs and the error page of iisnode',
  SEEN_IISNODE_ERROR: 'iisnode: its pages, and the log of IIS',
  SEEN_IIS_ERROR: 'IIS: its pages and its log',
  SEEN_SOCKET_ERROR: 'socket.io: answers of its server, errors of its client',
  SEEN_BROWSER_ERROR: 'The console of a browser',
  SEEN_CAPTURE: 'A recording of a browser (--har)',
  SEEN_LOG: 'The logs of iisnode (--logs)',
};

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
const code = (text) => `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;

function row({ id, says, example, causes }) {
  const [first] = causes;
  const found = [...new Set(causes.flatMap(({ rules = [] }) => rules))].map(
    (rule) => `[${rule}](rules.md#${rule.toLowerCase()})`,
  );
  const text = example === undefined ? '' : ` ${code(example.length > 90 ? `${example.slice(0, 87)}...` : example)}`;
  return `| ${id} | ${cell(says)}.${text} | ${cell(first.says)} | ${found.join(', ')} |`;
}

/** The page: how to hand over what was seen, then a table for each place. */
export function seenPage(rules) {
  const families = rules.filter(({ texts }) => texts !== undefined && texts.length > 0);
  const tables = families.map((rule) =>
    [
      `## ${places[rule.code]}`,
      '',
      `[${rule.code}](rules.md#${rule.code.toLowerCase()})`,
      '',
      '| Text | What has happened | The likeliest cause | Rules that find a cause in the files |',
      '| --- | --- | --- | --- |',
      ...rule.texts.map(row),
    ].join('\n'),
  );
  return `${[intro, ...tables, outro].join('\n\n')}\n`;
}

const intro = `# What you have seen

Made by \`npm run docs\` from \`src/doctor/seen/known\`.

\`\`\`sh
npx iisnode-sock doctor --seen "HTTP Error 500.1002"          # a text, in quotes; repeatable
npx iisnode-sock doctor --seen error.html --seen console.txt  # a saved error page, a browser's console, an event as text
npx iisnode-sock doctor --har page.har                        # a recording of the browser's network tab
npx iisnode-sock doctor --logs ./iisnode                      # logs of iisnode
\`\`\`

In the folder of the app, or with the folder named, the texts and the files are judged together. A finding of the files that is a
cause of the text comes first, with the line "seen by you". A text that no finding explains has a finding of its own
(\`"known": "seen"\` in the JSON document), with its causes: the likeliest first, those that the files rule out last, and what
distinguishes them. Without an app (no web.config and no package.json in the current folder) the causes alone are printed. The exit
code is 1 for an error, as always; a text that is not in the list is a note, exit code 0.

Where to copy it from:

- **An error page of IIS or iisnode**: save the page, or copy its text. Only a browser on the server gets the page with all details;
  iisnode's page comes with status 200 while \`devErrorsEnabled\` is true.
- **The console of a browser**: F12, Console, right click, "Save as".
- **A recording (HAR)**: F12, Network, reload the page, wait half a minute, right click, "Save all as HAR with content". The page, its
  files, and socket.io's handshakes, polls and WebSockets are judged: status, sessions, delays, hosts. At most 64 MB are read.
- **Logs of iisnode**: the folder \`iisnode\` beside the entry point, or where \`logDirectory\` says. Of the 40 newest files the last 64 KB
  are read: crashes with the line of the app, repeated starts, a port instead of the pipe. When a folder is examined, its own logs are
  found without \`--logs\`; then only a crash of the processes that were started last counts, as a warning, and only while web.config,
  package.json and the entry point have not changed since.
- **The event log**: eventvwr, Windows Logs, Application or System, the entry, Copy, "Copy details as text".
- **The log of IIS** (\`%SystemDrive%\\inetpub\\logs\\LogFiles\`): the status, sub-status and Win32 code of each line are read.

Cookies, authorisation headers, tokens and passwords in a text are not printed.`;

const outro = `## What has no text

These have no text of their own, so that \`--seen\` cannot know them; the rules of the doctor look for them in the files or live:
users on different processes who do not see each other (\`PROCESSES_WITHOUT_ADAPTER\`), the browser shows the source of the server
(\`SERVER_SOURCE_EXPOSED\`, \`HANDLER_FOR_ENTRY_MISSING\`), a script of the page that node runs because it is named as the entry point,
code changes that are not picked up, old clients on the old process after a deployment, log files and debugger that every visitor can read,
and everything that only IIS Express does.`;
