import { describe, expect, it } from 'vitest';
import {
  generatePlatformConfig,
  generateWebConfig,
  patchPlatformConfig,
  patchWebConfig,
  type WebConfigWants,
} from '../../src/webconfig/index.js';

const wants: WebConfigWants = {
  entry: 'server.js',
  vdirPath: '/dante',
  processes: 1,
  transports: ['websocket', 'polling'],
  appSettings: { REDIS_URL: 'redis://x:6379' },
};
const options = { file: 'web.config', entries: ['server.js'] };

describe('a web.config for HttpPlatformHandler', () => {
  it('has the handler, node with its port and its settings, and nothing about rules or WebSockets', () => {
    expect(
      generatePlatformConfig({ ...wants, entry: 'dist/my app.js', nodeOptions: ['--max-old-space-size=4096'] }),
    ).toBe(`<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <!-- Every URL goes to node, whole. The name is removed first: an application above may have it. -->
      <remove name="httpPlatformHandler" />
      <add name="httpPlatformHandler" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" />
    </handlers>
    <!-- HttpPlatformHandler starts node, and gives it a free port: the app listens on process.env.PORT. WebSockets need the Windows
         feature WebSocket Protocol. processesPerApplication: more than one process needs transports without polling, and an adapter.
         stdoutLogEnabled="true" writes what node prints to stdoutLogFile; its folder must exist. -->
    <httpPlatform
      processPath="C:\\Program Files\\nodejs\\node.exe"
      arguments="--max-old-space-size=4096 &quot;.\\dist\\my app.js&quot;"
      startupTimeLimit="60"
      processesPerApplication="1"
      stdoutLogEnabled="false"
      stdoutLogFile=".\\logs\\node">
      <environmentVariables>
        <environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />
        <environmentVariable name="virtualDirPath" value="/dante" />
        <environmentVariable name="transports" value="websocket,polling" />
        <environmentVariable name="REDIS_URL" value="redis://x:6379" />
      </environmentVariables>
    </httpPlatform>
  </system.webServer>
</configuration>
`);
  });

  it('has no comment about handlers of iisnode, and keeps those of the user', () => {
    const source = generateWebConfig(wants).replace('    <handlers>', '    <!-- ours -->\n    <handlers>');
    expect(source).toContain('<!-- Only the entry point runs in node.');
    for (const text of [source, source.replaceAll('\n', '\r\n')]) {
      const { text: patched } = patchPlatformConfig(text, wants, options);
      expect(patched).not.toContain('Only the entry point');
      expect(patched).toMatch(/<system\.webServer>\r?\n {4}<!-- ours -->\r?\n {4}<handlers>/);
    }
  });

  it('is made of one for iisnode: what carries over is in it, what does not is said, what is the user’s stays', () => {
    const own = `    <!-- of the user -->
    <staticContent><mimeMap fileExtension=".x" mimeType="text/x" /></staticContent>
  </system.webServer>`;
    const before = generateWebConfig({ ...wants, staticFolders: [{ folder: 'public', at: '' }] })
      .replace('  </system.webServer>', own)
      .replace('<iisnode\n', '<iisnode\n      node_env="production"\n      loggingEnabled="true"\n')
      .replace(
        '<rules>',
        '<rules>\n        <rule name="https"><match url=".*" /><action type="Redirect" url="https://x/{R:0}" /></rule>',
      );
    const { text, changes, left } = patchPlatformConfig(before, wants, options);
    expect(left).toEqual(
      ['loggingEnabled', 'gracefulShutdownTimeout', 'logDirectory', 'watchedFiles'].filter((name) =>
        before.includes(` ${name}=`),
      ),
    );
    expect(text).not.toMatch(
      /iisnode|appSettings|enabled="false"|server\.js"\s*\/>|all to node|Firefox|static files of/,
    );
    for (const kept of ['name="https"', '<!-- of the user -->', '.x', 'httpErrors']) expect(text, kept).toContain(kept);
    expect(text).toContain('<environmentVariable name="NODE_ENV" value="production" />');
    expect(text).toContain('<environmentVariable name="REDIS_URL" value="redis://x:6379" />');
    expect(text).toContain('arguments=".\\server.js"');
    expect(changes.join('\n')).toContain(
      'rule "all to node": removed, because HttpPlatformHandler takes the place of iisnode',
    );
    expect(patchPlatformConfig(text, wants, options)).toEqual({ text, changes: [], left: [] });
  });

  it.each([
    ['generated', generatePlatformConfig(wants)],
    ['from iisnode', patchPlatformConfig(generateWebConfig(wants), wants, options).text],
    ['with CR LF', generatePlatformConfig(wants).replaceAll('\n', '\r\n')],
  ])('%s needs nothing more, takes other values, and goes back to iisnode', (_how, text) => {
    expect(patchPlatformConfig(text, wants, options).text).toBe(text);
    const other = patchPlatformConfig(
      text,
      { ...wants, entry: 'iisnode-entry.cjs', vdirPath: '/chat', processes: 3 },
      options,
    );
    expect(other.changes).toHaveLength(3);
    for (const value of ['.\\iisnode-entry.cjs', '"/chat"', 'processesPerApplication="3"'])
      expect(other.text).toContain(value);
    const back = patchWebConfig(text, { ...wants, replacesHosts: true }, 'web.config');
    expect(back.text).not.toMatch(/httpPlatform/i);
    expect(back.text).toContain('modules="iisnode"');
    // As in a new file: iisnode takes no upgrade of Firefox without it.
    expect(back.text.indexOf('<rule name="Firefox upgrade"')).toBeLessThan(
      back.text.indexOf('<rule name="all to node"'),
    );
    expect(back.text.match(/<rule name="Firefox upgrade">[\s\S]*?<\/rule>/)?.[0].replace(/\s+/g, ' ')).toBe(
      generateWebConfig(wants)
        .match(/<rule name="Firefox upgrade">[\s\S]*?<\/rule>/)?.[0]
        .replace(/\s+/g, ' '),
    );
    expect(patchWebConfig(back.text, { ...wants, replacesHosts: true }, 'web.config')).toMatchObject({ changes: [] });
    const polls = patchWebConfig(text, { ...wants, transports: ['polling'], replacesHosts: true }, 'web.config');
    expect(polls.text).not.toContain('HTTP_CONNECTION');
  });
});
