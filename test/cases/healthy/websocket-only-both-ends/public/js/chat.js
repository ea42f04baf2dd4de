var socket = io({ transports: ['websocket'] });
