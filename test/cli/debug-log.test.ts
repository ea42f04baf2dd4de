import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cli, startServe, temporaryFolder } from '../support/cli.js';

it('NODE_DEBUG=iisnode-sock:* shows dispatch, module and pipe of a request', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  writeFileSync(
    path.join(folder, 'server.js'),
    "require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT);",
  );
  writeFileSync(
    path.join(folder, 'web.config'),
    '<configuration><system.webServer><handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
  );
  const running = await startServe([folder, '--port', '0', '--path', '/'], {
    environment: { NODE_DEBUG: 'iisnode-sock:*' },
  });
  onTestFinished(async () => {
    await running.stop();
  });
  expect((await fetch(new URL('server.js', running.match[1]))).status).toBe(200);
  await running.stop();
  for (const place of ['DISPATCH', 'MODULE', 'PIPE']) expect(running.output()).toContain(`IISNODE-SOCK:${place}`);
});

it('NODE_DEBUG=iisnode-sock:step,iisnode-sock:appcmd shows the steps of deploy and the appcmd calls', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, 'app');
  mkdirSync(app);
  writeFileSync(
    path.join(app, 'server.js'),
    "require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT);",
  );
  writeFileSync(
    path.join(app, 'web.config'),
    '<configuration><system.webServer><handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
  );
  const environment = {
    NODE_DEBUG: 'iisnode-sock:step,iisnode-sock:appcmd',
    IISNODE_SOCK_HOME: path.join(folder, 'home'),
  };
  const { stderr } = await cli(['deploy', app, '--to', 'embedded', '--port', '0', '--no-verify'], { environment });
  onTestFinished(async () => {
    await cli(['undeploy', app], { environment });
  });
  expect(stderr).toContain('IISNODE-SOCK:STEP');
  expect(stderr).toContain('IISNODE-SOCK:APPCMD');
});
