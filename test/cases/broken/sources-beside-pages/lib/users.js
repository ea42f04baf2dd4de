exports.users = { admin: 'hunter2' };
