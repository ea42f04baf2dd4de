exports.config = { port: 3000, room: 'lobby' };
