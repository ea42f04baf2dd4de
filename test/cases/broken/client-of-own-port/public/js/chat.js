var socket = io.connect(window.location.protocol + '//' + window.location.hostname + ':3000');
socket.on('chat message', function (msg) { console.log(msg); });
