const fs = require('fs');
const home = fs.readFileSync('views/home.html', 'utf8');
const server = require('http').createServer((req, res) => res.end(home));
require('socket.io')(server);
server.listen(process.env.PORT);
