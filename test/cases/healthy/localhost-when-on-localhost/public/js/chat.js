const address = location.hostname === 'localhost' ? 'http://localhost:3000' : location.origin;
const socket = io(address);
socket.on('chat message', console.log);
