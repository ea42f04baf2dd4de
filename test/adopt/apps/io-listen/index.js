const { Server } = require('socket.io');

const io = new Server({ path: '/telemetry' });
const readings = [];

io.on('connection', (socket) => {
  socket.on('reading', (value) => {
    readings.push(value);
    io.emit('average', readings.reduce((sum, each) => sum + each, 0) / readings.length);
  });
});

io.listen(process.env.PORT || 3000);
console.log('telemetry is collected');
