var express = require('express');
var app = express();
var expressWs = require('express-ws')(app);

app.use(function (req, res, next) {
  req.testing = 'testing';
  return next();
});

app.get('/', function (req, res) {
  res.send('get route ' + req.testing);
});

app.ws('/echo', function (ws, req) {
  ws.on('message', function (msg) {
    ws.send(msg + ' ' + req.testing);
  });
});

app.ws('/rooms/:room', function (ws, req) {
  ws.room = req.params.room;
  ws.send('you are in ' + ws.room);
  ws.on('message', function (msg) {
    expressWs.getWss().clients.forEach(function (client) {
      if (client.room === ws.room) client.send(ws.room + ': ' + msg);
    });
  });
});

app.listen(3000, function () {
  console.log('express-ws example');
});
