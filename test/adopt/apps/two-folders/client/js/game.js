var socket = io.connect();
socket.on('levels', function (count) {
  document.getElementById('game').innerHTML = count + ' levels';
});
