// What any server needs behind IIS and iisnode; by itself it runs just the same.

/** TCP port, or under iisnode the name of a pipe: never make a number of it. */
const port = process.env.PORT || 8888;

/** Where the app is on the site: '' for the site itself, '/dante' for a virtual directory; from web.config's appSettings. */
const vdirPath = (process.env.virtualDirPath || '/').replace(/\/+$/, '');

/** Listens on `port`, in the ways of IIS, and says where; ends the process with a reason when it cannot. */
function listen(server, title) {
  // IIS compares paths without regard to case and shows them to node as the browser wrote them: /Dante/, /my%20app/.
  server.prependListener('request', spellAsConfigured);
  server.prependListener('upgrade', spellAsConfigured);

  // iisnode reuses a pipe connection for up to 30 s (maxNamedPipePooledConnectionAge); node would close it after 5 s,
  // and the next request on it would fail with 500.1013.
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 125_000;

  server.on('error', (error) => {
    const taken = error.code === 'EADDRINUSE';
    console.error(taken ? `Port ${port} is taken: set PORT to another one.` : `Cannot listen: ${error.message}`);
    process.exit(1);
  });

  server.listen(port, () => {
    const address = server.address();
    const tcp = typeof address === 'object' && address !== null;
    console.log(`${title} is at ${tcp ? `http://localhost:${address.port}${vdirPath}/` : address}`);
  });
}

function spellAsConfigured(request) {
  if (!vdirPath || request.url === undefined) return;
  const [written = ''] = request.url.split('/', vdirPath.split('/').length).join('/').split('?');
  if (decoded(written).toLowerCase() === vdirPath.toLowerCase()) {
    request.url = vdirPath + request.url.slice(written.length);
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray % is no escape: compare it as it is.
  }
}

module.exports = { port, vdirPath, listen };
