var socket = io('http://chat.contoso.com');
socket.on('chat message', function (msg) { console.log(msg); });
