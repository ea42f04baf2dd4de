const required = ['SESSION_SECRET'];
for (const name of required) {
  if (!process.env[name]) {
    console.error(`Missing environment variable ${name}`);
    process.exit(1);
  }
}
const app = require('express')();
const server = require('http').createServer(app);
require('socket.io')(server);
server.listen(process.env.PORT);
