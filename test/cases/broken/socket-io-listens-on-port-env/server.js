const { Server } = require('socket.io');
const io = new Server({ cors: { origin: 'https://shop.example.com' } });
io.on('connection', (socket) => socket.on('order', (o) => socket.broadcast.emit('order', o)));
io.listen(process.env.PORT || 3000);
