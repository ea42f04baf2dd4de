const socket = io({ path: new URL('engine', location.href).pathname });
socket.on('hello', (text) => {
  document.getElementById('state').textContent = text;
});
