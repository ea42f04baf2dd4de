import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEcosystem } from '../../src/source/ecosystem.js';
import { startCommandOf, startedByScripts } from '../../src/source/start-script.js';

describe('scripts.start', () => {
  it.each([
    ['node server.js', 'server.js'],
    ['node ./bin/www', './bin/www'],
    ['node .', '.'],
    ['nodemon --watch server.js', 'server.js'],
    ['cross-env NODE_ENV=production node "my server.js"', 'my server.js'],
    ['npm run build && node dist/server.js', 'dist/server.js'],
    ['node --env-file .env server.js', 'server.js'],
    ['node --env-file=.env server.js', 'server.js'],
    ['C:\\nodejs\\node.exe server.js', 'server.js'],
    ['node -e "console.log(1)"', undefined],
    ['next start', 'node_modules/next/dist/bin/next'],
    ['nodemon', '.'],
    ['nodemon -w src -x "node server.js"', 'server.js'],
    ['nodemon -w src -e js,json server.js', 'server.js'],
    ['tsx watch src/server.ts', 'src/server.ts'],
    ['concurrently -k -n api,web "cd api && node server.js" "vite"', 'api/server.js'],
    ["sh -c 'node server.js'", 'server.js'],
    ['cross-env-shell A=b "node server.js"', 'server.js'],
    ['SET NODE_ENV=production&& node server.js', 'server.js'],
    ['pm2 start server.js --name x -i max', 'server.js'],
    ['pm2-runtime ./bin/server.js', './bin/server.js'],
    ['pm2 start ecosystem.config.js', undefined],
    ['nohup node server.js --fast > out.log 2>&1 &', 'server.js'],
    ['node server.js 2>&1 | tee out.log', 'server.js'],
    ['node migrate.js; node server.js', 'server.js'],
    ['forever start -w server.js', undefined],
    ['supervisor server.js', 'server.js'],
    ['babel-node --presets env src/index.js', 'src/index.js'],
    ['bun run server.ts', 'server.ts'],
    ['nest start --watch', 'dist/main.js'],
    ['nuxt preview', '.output/server/index.mjs'],
    ['serve -s build', undefined],
    ['', undefined],
  ])('%j starts %j', (command, script) => {
    expect(startedByScripts({ start: command })).toBe(script);
  });

  it('is read without a fault, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const command of [text, `node ${text}`]) expect(() => startedByScripts({ start: command })).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('a start script that runs others', () => {
  const scripts = { api: 'node api.js', client: 'vite', migrate: 'node migrate.js', 'server:api': 'node below.js' };
  it.each([
    ['concurrently "npm:client" "npm:api"', 'api.js'],
    ['concurrently "npm:server:*"', 'below.js'],
    ['concurrently "npm run client" "npm run api"', 'api.js'],
    ['npm-run-all --parallel client api', 'api.js'],
    ['run-p client server:*', 'below.js'],
    ['nodemon --exec "npm run api"', 'api.js'],
    ['node --run api', 'api.js'],
    ['run-s nothing', undefined],
    ['run-s migrate api', 'api.js'],
    ['npm-run-all migrate server:*', 'below.js'],
    ['npm-run-all -s migrate --parallel client api migrate', 'api.js'],
    ['npm-run-all -p client migrate -s api', 'api.js'],
    ['run-s migrate client', 'migrate.js'],
    ['node migrate.js && node server.js', 'server.js'],
    ['node migrate.js; NODE_ENV=production node server.js | node pretty.js', 'server.js'],
    ['npm run api && cross-env-shell A=b "node -r dotenv/config server"', 'server'],
    ['node server.js | node pretty.js', 'server.js'],
    ['node server.js || node other.js', 'server.js'],
    ['node server.js & node other.js', 'server.js'],
    ['node migrate.js && prisma generate && echo ready', 'migrate.js'],
  ])('%j starts %j', (start, script) => {
    expect(startedByScripts({ start, ...scripts })).toBe(script);
  });

  it('is nodemon with a command for the file', () => {
    const start = 'cross-env A=b nodemon --exec "node -r dotenv/config" src/web.js --watch src';
    const { script, args, requires, env } = startCommandOf({ start }) ?? {};
    expect({ script, args, requires, env }).toEqual({
      script: 'src/web.js',
      args: [],
      requires: ['dotenv/config'],
      env: { A: 'b' },
    });
    expect(startCommandOf({ start: 'nodemon web.js --watch src' })?.args).toEqual([]);
  });

  it.each([
    ['tsx src/a.ts', { requires: [], imports: ['tsx'] }],
    ['nodemon --exec tsx src/a.ts', { requires: [], imports: ['tsx'] }],
    ['nodemon -x "npx tsx" src/a.ts', { requires: [], imports: ['tsx'] }],
    ['ts-node -P tsconfig.server.json src/a.ts', { requires: ['ts-node/register'], imports: [] }],
    ['ts-node-dev --respawn -T src/a.ts', { requires: ['ts-node/register/transpile-only'], imports: [] }],
    ['ts-node --esm src/a.ts', undefined],
    ['tsx src/a.js', undefined],
    ['node src/a.ts', undefined],
  ])('%j runs TypeScript with %j', (start, typeScript) => {
    expect(startCommandOf({ start })?.script).toMatch(/^src\/a\.[jt]s$/);
    expect(startCommandOf({ start })?.typeScript).toEqual(typeScript);
  });

  it.each([
    ['tsx --tsconfig tsconfig.run.json src/a.ts', { TSX_TSCONFIG_PATH: 'tsconfig.run.json' }],
    ['A=b tsx --tsconfig=run.json src/a.ts', { A: 'b', TSX_TSCONFIG_PATH: 'run.json' }],
    ['ts-node -r x --project ./tsconfig.server.json src/a.ts', { TS_NODE_PROJECT: './tsconfig.server.json' }],
    ['ts-node -O \'{"module":"commonjs"}\' src/a.ts', { TS_NODE_COMPILER_OPTIONS: '{"module":"commonjs"}' }],
    ['ts-node-dev --debounce 100 --ignore-watch data src/a.ts', {}],
  ])('%j has the options of what runs TypeScript: %j', (start, env) => {
    expect(startCommandOf({ start })).toMatchObject({ script: 'src/a.ts', args: [] });
    expect(startCommandOf({ start })?.env).toEqual(env);
  });

  it('gives next what the loader cannot replace', () => {
    expect(startCommandOf({ start: 'next start -p $PORT -H 0.0.0.0' })?.args).toEqual(['start', '-H', '0.0.0.0']);
    expect(startCommandOf({ start: 'next start -p 4000' })?.args).toEqual(['start', '-p', '4000']);
  });
});

describe('what stands behind', () => {
  it.each([
    ['nodemon --quiet -w src --exec "node -r dotenv/config" web.js --mode fast --ext=js -v', ['--mode', 'fast', '-v']],
    ['nodemon web.js -w src --mode fast', ['--mode', 'fast']],
  ])('is the script’s, but for what nodemon takes: %s', (start, args) => {
    expect(startCommandOf({ start })?.args).toEqual(args);
  });

  it('a file of variables that may be missing', () => {
    const start = 'node --env-file=.env --env-file-if-exists=local.env .';
    expect(startCommandOf({ start })?.envFiles).toEqual(['.env', 'local.env?']);
  });

  it.each([
    ['micro -l tcp://0.0.0.0:$PORT api.js', ['api.js']],
    ['NODE_ENV=production fastify start -w -p $PORT app.js', ['start', 'app.js']],
    ['vite', undefined],
    ['eslint .', undefined],
  ])('a command that is a server of its own: %s', (start, args) => {
    const findProgram = (command: string) => `node_modules/${command}/cli.js`;
    const found = startCommandOf({ start }, { findProgram });
    expect(found?.args).toEqual(args);
    expect(found?.script).toBe(args && `node_modules/${start.includes('micro') ? 'micro' : 'fastify'}/cli.js`);
  });

  it('preview, where nothing else starts the app', () => {
    const preview = 'cross-env NODE_ENV=production node server';
    const scripts = { dev: 'node server', build: 'vite build', preview };
    expect(startCommandOf(scripts)).toMatchObject({ script: 'server', env: { NODE_ENV: 'production' } });
    expect(startCommandOf({ preview: 'vite preview' })).toBeUndefined();
  });
});

describe('options of node', () => {
  it.each([
    [
      'node --max-old-space-size=4096 --enable-source-maps server.js',
      ['--max-old-space-size=4096', '--enable-source-maps'],
    ],
    ['node --experimental-transform-types src/main.ts', ['--experimental-transform-types']],
    [
      'node -C production --unhandled-rejections warn server.js',
      ['--conditions=production', '--unhandled-rejections=warn'],
    ],
    [
      'NODE_OPTIONS="--max-old-space-size=4096 --no-warnings" node --no-warnings .',
      ['--max-old-space-size=4096', '--no-warnings'],
    ],
    [
      'cross-env NODE_OPTIONS=--openssl-legacy-provider nodemon --expose-gc --no-stdin server.js',
      ['--openssl-legacy-provider', '--expose-gc'],
    ],
    ['tsx --stack-size=2000 server.ts', ['--stack-size=2000']],
    ['pm2 start server.js --node-args="--max-old-space-size=512"', ['--max-old-space-size=512']],
    // For development, a file, or what could be another command.
    ['node --inspect=0.0.0.0:9229 --watch --watch-path=src --trace-event-file-pattern=a.log server.js', undefined],
    ['node --experimental-loader ./hooks.mjs --max-old-space-size=$SIZE --title="a b" server.js', undefined],
    ['node server.js --max-old-space-size=4096', undefined],
  ])('%s', (start, options) => {
    expect(startCommandOf({ start })?.nodeOptions).toEqual(options);
  });

  it('in NODE_OPTIONS can name what node loads first', () => {
    const start = 'NODE_OPTIONS="-r dotenv/config --import=./first.mjs" node --import tsx server.js';
    expect(startCommandOf({ start })).toMatchObject({ requires: ['dotenv/config'], imports: ['./first.mjs', 'tsx'] });
  });
});

describe('a configuration of pm2', () => {
  const read = (start: string, text: string, file = 'ecosystem.config.js') =>
    startCommandOf(
      { start, serve: '', web: 'node web.js' },
      {
        readEcosystem: (name, environment) =>
          name === file ? readEcosystem({ file: `/app/${name}`, text }, environment) : [],
        listens: (script) => /listens/.test(script),
      },
    );

  it('names the file, its arguments, what node loads first, and the variables of the environment', () => {
    const text = `const env = { A: 'a', NODE_ENV: 'development', N: 1 };
      module.exports = { apps: [{ name: 'x', script: './bin/run.js', args: '--quiet -n 2', node_args: '-r dotenv/config',
        cwd: './server', env, env_production: { NODE_ENV: 'production' } }, { script: 'other.js' }] };`;
    expect(read('pm2-runtime start ecosystem.config.js --env production', text)).toEqual({
      script: 'server/bin/run.js',
      folder: 'server',
      args: ['--quiet', '-n', '2'],
      requires: ['dotenv/config'],
      imports: [],
      envFiles: [],
      env: { A: 'a', NODE_ENV: 'production', N: '1' },
      beside: [{ name: 'other.js', start: expect.objectContaining({ script: 'other.js' }) }],
      chosenBy: 'order',
    });
    expect(read('pm2 start ecosystem.config.js', text)?.env.NODE_ENV).toBe('development');
  });

  it.each([
    ['pm2 start server.js -i max', 'max'],
    ['pm2-runtime start server.js --instances=4', '4'],
    ['pm2 start server.js', undefined],
    ['pm2 start ecosystem.config.js', '3'],
    ['pm2 start ecosystem.config.js -i 2', '3'],
    ['pm2 start other.config.js -i 2', '2'],
  ])('and the number of processes: %s', (start, instances) => {
    const readEcosystemOf = (name: string) =>
      readEcosystem(
        {
          file: name,
          text: `module.exports = { apps: [{ script: 'x.js'${/^e/.test(name) ? ', instances: 3' : ''} }] };`,
        },
        undefined,
      );
    expect(startCommandOf({ start }, { readEcosystem: readEcosystemOf })?.instances).toBe(instances);
  });

  it.each([
    ['{ "apps": { "script": "x.js" } }', 'processes.json', 'x.js'],
    ['[{ "script": "x.js" }]', 'processes.json', 'x.js'],
    ["export default { apps: [{ script: 'x.js' }] };", 'pm2.config.mjs', 'x.js'],
    ["module.exports = { apps: [{ script: 'npm', args: 'run web' }] };", 'pm2.config.cjs', 'web.js'],
    ["exports = module.exports = { apps: [{ script: 'x.ts', interpreter: 'tsx' }] };", 'pm2.config.js', 'x.ts'],
    ["module.exports = { apps: [{ script: 'x.py', interpreter: 'python3' }] };", 'pm2.config.js', undefined],
    ['module.exports = { apps: [] };', 'pm2.config.js', undefined],
    ['module.exports = {', 'pm2.config.js', undefined],
    ['', 'processes.json', undefined],
    ['apps:\n  - name: web\n    script: ./x.js # the server\n    env:\n      PORT: 1\n', 'process.yml', './x.js'],
    ['- script: x.js\n- script: y.js', 'process.yaml', 'x.js'],
    ['apps: [{ script: x.js }]', 'process.yml', 'x.js'],
    ['apps: *all', 'process.yml', undefined],
    [
      "module.exports = { apps: ['x'].map((name) => ({ name, script: './' + name + '.js' })) };",
      'pm2.config.js',
      './x.js',
    ],
    [
      "const apps = [{ file: 'x.js' }];\nmodule.exports = { apps: apps.map(({ file }) => { return { script: file }; }) };",
      'pm2.config.js',
      'x.js',
    ],
    [
      "const make = (name, more) => ({ script: name + '.js', ...more });\nmodule.exports = { apps: [make('x', {}), make('y', { cwd: 'y' })] };",
      'pm2.config.js',
      'x.js',
    ],
    ['module.exports = { apps: names.map((name) => ({ script: name })) };', 'pm2.config.js', undefined],
  ])('%s in %s starts %s', (text, file, script) => {
    expect(read(`pm2 start ${file}`, text, file)?.script).toBe(script);
  });
});

describe('of several commands that run beside each other', () => {
  const scripts = { mail: 'node mail.js', web: 'node listens.js', client: 'vite' };
  const start = (command: string, listens = (script: string) => /listens/.test(script)) =>
    startCommandOf({ ...scripts, start: command }, { listens })?.script;

  it.each([
    'concurrently -k "npm:mail" "npm:web"',
    'concurrently "node mail.js" "npm run web"',
    'run-p mail web client',
    'npm-run-all --parallel client mail web',
  ])('the one that listens is the server: %s', (command) => {
    expect(start(command)).toBe('listens.js');
  });

  it.each([
    ['node mail.js & node listens.js', 'listens.js'],
    ['node listens.js & node mail.js', 'listens.js'],
    ['node mail.js & node listens.js & wait', 'listens.js'],
    ['npm run mail & npm run web', 'listens.js'],
    ['sh -c "node mail.js & node listens.js"', 'listens.js'],
    ['(cd jobs && node .) & (cd web && node listens.js)', 'web/listens.js'],
    ['cd web && node listens.js & cd jobs && node .', 'web/listens.js'],
    ['cd web; node mail.js & node listens.js', 'web/listens.js'],
    ['node listens.js & node migrate.js; node listens-too.js', 'listens.js'],
  ])('of what a shell does not wait for, too: %s', (command, script) => {
    expect(start(command)).toBe(script);
  });

  it('the others are known, and why they are not the server', () => {
    const all = (command: string) => {
      const { beside = [], chosenBy } =
        startCommandOf({ ...scripts, start: command }, { listens: (each) => /listens/.test(each) }) ?? {};
      return { chosenBy, beside: beside.map(({ name }) => name) };
    };
    const [one, none] = [
      { chosenBy: 'listens', beside: ['mail.js'] },
      { chosenBy: undefined, beside: [] },
    ];
    expect(all('node mail.js & node listens.js')).toEqual(one);
    expect(all('run-p mail web')).toEqual(one);
    expect(all('concurrently "npm:mail" "npm:web" "npm:client"')).toEqual(one);
    expect(all('node listens.js & node listens-too.js')).toEqual({
      chosenBy: 'listens first',
      beside: ['listens-too.js'],
    });
    expect(all('PORT=80 node a.js & node b.js')).toEqual({ chosenBy: 'port', beside: ['b.js'] });
    expect(all('node a.js & node b.js')).toEqual({ chosenBy: 'order', beside: ['b.js'] });
    for (const command of ['node mail.js && node listens.js', 'npm-run-all mail web', 'node listens.js | pino-pretty'])
      expect(all(command)).toEqual(none);
  });

  it('the first one where none does', () => {
    expect(start('concurrently "npm:mail" "npm:web"', () => false)).toBe('mail.js');
  });
});

describe('of several apps of pm2', () => {
  const start = (apps: string, command = 'pm2 start pm2.config.js') => {
    const text = `const path = require('path'); module.exports = { apps: [${apps}] };`;
    return startCommandOf(
      { start: command },
      {
        readEcosystem: (file) => readEcosystem({ file: `/app/${file}`, text }, undefined),
        listens: (script) => /listens/.test(script),
      },
    );
  };

  it.each([
    ["{ script: 'queue.js' }, { script: 'listens.js' }", 'listens.js'],
    ["{ script: 'queue.js' }, { script: 'main.js', env: { PORT: 3000 } }", 'main.js'],
    ["{ script: 'jobs.js', cron_restart: '0 * * * *' }, { script: 'main.js' }", 'main.js'],
    ["{ script: 'once.js', autorestart: false }, { script: 'main.js' }", 'main.js'],
    ["{ script: 'a.js' }, { script: 'b.js' }", 'a.js'],
    ["{ script: 'a.py', interpreter: 'python3' }, { script: 'b.js' }", 'b.js'],
  ])('the one that serves is started: %s', (apps, script) => {
    expect(start(apps)?.script).toBe(script);
  });

  it('those of --only are started', () => {
    const apps = "{ name: 'jobs', script: 'listens.js' }, { name: 'web', script: 'main.js' }";
    expect(start(apps, 'pm2 start pm2.config.js --only web')).toMatchObject({ script: 'main.js' });
    expect(start(apps, 'pm2-runtime start pm2.config.js --only="web,other"')?.beside).toBeUndefined();
    expect(start(apps)).toMatchObject({ script: 'listens.js', beside: [{ name: 'web' }] });
  });

  it('the folder and the script may be below __dirname', () => {
    const cwd = "cwd: path.join(__dirname, 'services', 'web')";
    expect(start(`{ script: 'main.js', ${cwd} }`)).toMatchObject({
      script: 'services/web/main.js',
      folder: 'services/web',
    });
    expect(start(`{ script: path.join(__dirname, 'services/web/main.js'), ${cwd} }`)?.script).toBe(
      'services/web/main.js',
    );
    expect(start('{ script: __dirname + "/bin/run.js", cwd: __dirname }')).toMatchObject({
      script: 'bin/run.js',
      folder: '',
    });
    expect(start("{ script: './main.js', cwd: '/srv/elsewhere' }")).toMatchObject({ script: './main.js', folder: '' });
  });
});

describe('where package.json does not say it', () => {
  const start = (files: Record<string, string>, command?: string) => {
    const { script, folder, args, env, envFiles, beside, chosenBy } =
      startCommandOf(command === undefined ? { web: 'node web.js' } : { start: command }, {
        readText: (file) => files[file],
        readEcosystem: (file) => readEcosystem({ file: `/app/${file}`, text: files[file] ?? '' }, undefined),
        isThere: (each) => files[each] !== undefined,
        listens: (each) => (files[each] ?? '').includes('listen('),
      }) ?? {};
    return { script, folder, args, env, envFiles, beside: beside?.map(({ name }) => name), chosenBy };
  };
  const scripts = { 'server.js': 'listen(', 'worker.js': '', 'web.js': 'listen(', 'api/main.js': 'listen(' };

  it('a Procfile says it: its web is the server, with a .env', () => {
    const Procfile = '# all\nworker: node worker.js\nweb: NODE_ENV=production node server.js --port $PORT\n';
    const wanted = {
      script: 'server.js',
      args: [],
      env: { NODE_ENV: 'production' },
      envFiles: ['.env?'],
      beside: ['worker'],
      chosenBy: 'name',
    };
    expect(start({ ...scripts, Procfile })).toMatchObject(wanted);
    expect(start({ ...scripts, Procfile }, 'nf start')).toMatchObject(wanted);
    expect(start({ ...scripts, Procfile }, 'heroku local web')).toMatchObject({
      script: 'server.js',
      beside: undefined,
    });
    expect(start({ ...scripts, 'Procfile.iis': 'api: node api/main.js' }, 'nf -j Procfile.iis start')).toMatchObject({
      script: 'api/main.js',
    });
    expect(start({ ...scripts, Procfile: 'web: npm run web' }).script).toBe('web.js');
    expect(start({ ...scripts, Procfile: 'web: node gone.js' }).script).toBeUndefined();
    expect(start({ ...scripts, Procfile }, 'node web.js').script).toBe('web.js');
  });

  it.each([
    ['WORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]', 'server.js', ''],
    ['WORKDIR /usr/src/app\nENTRYPOINT ["tini", "--"]\nCMD ["node", "/usr/src/app/server.js"]', 'server.js', ''],
    ['ENTRYPOINT ["node"]\nCMD [ "server.js" ]', 'server.js', ''],
    ['CMD node --max-old-space-size=512 \\\n  server.js', 'server.js', ''],
    ['CMD ["sh", "-c", "node migrate.js && node server.js"]', 'server.js', ''],
    ['WORKDIR /app\nCOPY api/ ./\nCMD ["node", "main.js"]', 'api/main.js', 'api'],
    ['WORKDIR /app\nCOPY . .\nWORKDIR /app/api\nCMD ["node", "main.js"]', 'api/main.js', 'api'],
    ['FROM node AS build\nCMD ["node", "worker.js"]\nFROM node\nCMD ["node", "server.js"]', 'server.js', ''],
    ['CMD ["npm", "run", "web"]', 'web.js', ''],
    ['FROM nginx\nCOPY dist /usr/share/nginx/html', undefined, undefined],
    ['CMD ["node", "gone.js"]', undefined, undefined],
    ['CMD [', undefined, undefined],
  ])('a Dockerfile says it: %s', (Dockerfile, script, folder) => {
    expect(start({ ...scripts, Dockerfile })).toMatchObject({ script, folder });
  });

  it('a configuration of pm2 says it, under a name that pm2 gives it', () => {
    const apps = "{ apps: [{ script: 'server.js' }] }";
    expect(start({ ...scripts, 'ecosystem.config.js': `module.exports = ${apps}` }).script).toBe('server.js');
    expect(start({ ...scripts, 'ecosystem.config.js': `module.exports = ${apps}` }, 'pm2 start').script).toBe(
      'server.js',
    );
    expect(start({ ...scripts, 'process.yml': 'apps:\n  - script: server.js\n' }).script).toBe('server.js');
  });
});

describe('the scripts of a package.json', () => {
  const packages: Readonly<Record<string, Record<string, string>>> = {
    server: { start: 'node .', serve: 'node lib/main.js' },
    'packages/api': { 'start:prod': 'node dist/api.js' },
  };
  const findPackage = (place: string) => {
    const folder = place === '@acme/api' ? 'packages/api' : place;
    const scripts = packages[folder];
    return scripts && { folder, scripts };
  };

  it.each([
    [{ start: 'npm run serve', serve: 'node bin/www' }, 'bin/www'],
    [{ start: 'yarn serve --port 1', serve: 'node bin/www' }, 'bin/www'],
    [{ start: 'npm run -s build && pnpm run serve', serve: 'node bin/www', build: 'tsc' }, 'bin/www'],
    [{ start: 'vite', server: 'node server.js' }, 'server.js'],
    [{ start: 'nest start', 'start:prod': 'node dist/main' }, 'dist/main.js'],
    [{ start: 'NODE_ENV=production nuxt start' }, '.output/server/index.mjs'],
    [{ start: 'next start' }, 'node_modules/next/dist/bin/next'],
    [{ start: 'npm start' }, undefined],
    [{ start: 'npm run a', a: 'npm run b', b: 'npm run a' }, undefined],
    [{ start: 'cd server && node index.js' }, 'server/index.js'],
    [{ start: 'npm start --prefix server' }, 'server'],
    [{ start: 'npm --prefix=server run serve' }, 'server/lib/main.js'],
    [{ start: 'cd server && npm run serve' }, 'server/lib/main.js'],
    [{ start: 'npm run start:prod -w @acme/api' }, 'packages/api/dist/api.js'],
    [{ start: 'yarn workspace @acme/api start:prod' }, 'packages/api/dist/api.js'],
    [{ start: 'npm start --prefix elsewhere' }, undefined],
    [{ build: 'node build.js', test: 'node --test' }, undefined],
  ])('%j start %j', (scripts, script) => {
    expect(startedByScripts(scripts as Record<string, string>, { findPackage })).toBe(script);
  });
});
