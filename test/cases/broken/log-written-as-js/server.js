const fs = require('node:fs');
const express = require('express');
const app = express();
app.use(express.static('public'));
app.post('/settings', express.json(), (req, res) => {
  fs.writeFile(`${__dirname}/settings.js`, 'module.exports = ' + JSON.stringify(req.body), () => res.sendStatus(204));
});
const server = app.listen(process.env.PORT || 3000);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
