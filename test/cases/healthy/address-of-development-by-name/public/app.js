const dev = location.hostname === 'localhost' && location.port === '5173';
const socket = dev ? io('http://localhost:3000') : io();
socket.on('news', console.log);
