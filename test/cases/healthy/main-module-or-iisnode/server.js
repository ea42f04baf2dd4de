const express = require('express');
const app = express();
app.use(express.static(__dirname + '/public'));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
if (require.main === module || process.env.IISNODE_VERSION) server.listen(process.env.PORT || 3000);
module.exports = { app, server };
