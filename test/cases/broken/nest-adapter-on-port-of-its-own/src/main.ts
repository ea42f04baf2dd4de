import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { SocketsAdapter } from './sockets.adapter';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useWebSocketAdapter(new SocketsAdapter(app));
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
