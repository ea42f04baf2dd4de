console.log('room');
