const address = location.hostname === 'localhost' ? 'http://localhost:3000' : location.origin;
const socket = io(address);
const other = io(window.location.hostname === '127.0.0.1' ? 'http://127.0.0.1:3000' : '/');
socket.on('chat message', console.log);
