const fs = require('fs');
const path = require('path');
const express = require('express');
const app = express();
const uploads = path.join(__dirname, 'uploads');
fs.mkdirSync(uploads, { recursive: true });
app.use(express.static('public'));
app.post('/upload/:name', express.raw(), (req, res) => {
  fs.writeFile(path.join(uploads, path.basename(req.params.name)), req.body, () => res.sendStatus(201));
});
const server = app.listen(process.env.PORT || 3000);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
