const news = io('/news');
const room = io('/room-7');
news.on('item', console.log);
room.on('joined', console.log);
