// What every server needs behind IIS and iisnode. Without them it works the same.

/** A TCP port; under iisnode the name of a pipe, so never convert it to a number. */
const port = process.env.PORT || 8888;

/** The vdir path: '' at a site's root, '/dante' in a virtual directory; from web.config's appSettings. */
const vdirPath = (process.env.virtualDirPath || '/').replace(/\/+$/, '');

/** Listens on `port` and prints the URL. Ends the process with a reason when it cannot listen. */
function listen(server, title) {
  // IIS ignores case in paths and passes URLs to node as the browser wrote them: /Dante/, /my%20app/.
  server.prependListener('request', useConfiguredSpelling);
  server.prependListener('upgrade', useConfiguredSpelling);

  // iisnode reuses a pipe connection for up to 30 s (maxNamedPipePooledConnectionAge). node would close it after 5 s, and the
  // next request on it would fail with 500.1013.
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

function useConfiguredSpelling(request) {
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
    return text; // A % that starts no escape: compare the text as it is.
  }
}

module.exports = { port, vdirPath, listen };
