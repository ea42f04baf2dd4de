const ChatServer = require('./chat-server');
const chat = new ChatServer(3000);
chat.configure({ port: process.env.PORT });
chat.listen();
