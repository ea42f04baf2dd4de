const room = location.pathname.split('/').pop();
const socket = io();
const input = document.querySelector('input');

// Before that, what is typed would be sent first, to a room without members.
const joined = () => {
  input.disabled = false;
};
socket.on('connect', () => socket.emit('join', room, joined));
socket.on('message', (where, text) => {
  const item = document.createElement('li');
  item.textContent = `${where}: ${text}`;
  document.querySelector('ol').append(item);
});
input.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') socket.emit('message', room, input.value);
});
