var socket = io(window.settings.server);
socket.on('hi', function () {});
