const socket = io({ path: new URL('socket.io', document.baseURI).pathname });
socket.on('said', console.log);
