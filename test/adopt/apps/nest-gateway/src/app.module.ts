import { Controller, Get, Module, Param } from '@nestjs/common';
import { EventsGateway } from './events.gateway';

@Controller()
export class AppController {
  @Get()
  home() {
    return 'Hello World!';
  }

  @Get('items/:id')
  item(@Param('id') id: string) {
    return { id };
  }
}

@Module({ controllers: [AppController], providers: [EventsGateway] })
export class AppModule {}
