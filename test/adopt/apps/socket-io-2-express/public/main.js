var socket = io();
socket.emit('add user', 'Virgil');
socket.on('login', function (data) {
  document.getElementById('state').textContent = 'Welcome, ' + data.welcome;
});
