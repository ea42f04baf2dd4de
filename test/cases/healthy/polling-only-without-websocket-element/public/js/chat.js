var socket = io({ transports: ['polling'] });
