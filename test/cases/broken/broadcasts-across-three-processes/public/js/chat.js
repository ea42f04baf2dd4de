var socket = io({ transports: ['websocket'] });
socket.on('chat message', console.log);
