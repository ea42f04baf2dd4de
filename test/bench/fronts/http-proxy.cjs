// The peer: http-proxy, the proxy of many development servers, in front of BENCH_APP with connections that stay open.
const http = require('node:http');
const { createProxyServer } = require('http-proxy');

const proxy = createProxyServer({ target: process.env.BENCH_APP, agent: new http.Agent({ keepAlive: true }) });
const server = http.createServer((request, response) => proxy.web(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
