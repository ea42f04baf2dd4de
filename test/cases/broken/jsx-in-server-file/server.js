const express = require('express');
const app = express();
const server = require('http').createServer(app);
require('socket.io')(server);
const Page = () => <html><body>hello</body></html>;
app.get('/', (req, res) => res.send(Page()));
server.listen(process.env.PORT);
