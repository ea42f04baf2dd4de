const socket = io('http://localhost:3000', { transports: ['websocket', 'polling'] });
socket.on('chat message', (msg) => console.log(msg));
