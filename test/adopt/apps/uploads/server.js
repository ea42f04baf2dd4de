const express = require('express');
const multer = require('multer');
const path = require('node:path');
const { Server } = require('socket.io');

const app = express();
const upload = multer({ dest: path.join(__dirname, 'uploads'), limits: { fileSize: 10 * 1024 * 1024 } });

app.use(express.static('public'));
app.post('/upload', upload.single('photo'), (req, res) => {
  io.emit('uploaded', req.file.originalname);
  res.send(`<p>Thank you for ${req.file.originalname} of ${req.file.size} bytes</p>
    <a href="/download/${req.file.filename}">Get it back</a>`);
});
app.get('/download/:name', (req, res) => res.sendFile(req.params.name, { root: path.join(__dirname, 'uploads') }));

const server = app.listen(process.env.PORT || 3000, () => console.log('uploads'));
const io = new Server(server, { maxHttpBufferSize: 1e7 });
io.on('connection', (socket) => {
  socket.on('photo', (bytes, answer) => answer({ bytes: bytes.length }));
});
