import { describe, expect, it } from 'vitest';
import { runApp } from './app.js';
import { hello } from './sockets.js';

/** A Nest app as its compiler writes it. */
const files = (gateway: string) => ({
  'dist/main.js': `"use strict";
    require('reflect-metadata');
    const __decorate = (decorators, target, key, desc) => {
      let value = key === undefined ? target : desc;
      for (const each of decorators.reverse()) value = (key === undefined ? each(value) : each(target, key, value)) || value;
      if (key !== undefined) Object.defineProperty(target, key, value);
      return value;
    };
    const { Module, Controller, Get, Injectable } = require('@nestjs/common');
    const { NestFactory } = require('@nestjs/core');
    const { WebSocketGateway } = require('@nestjs/websockets');
    let DeskGateway = class DeskGateway { handleConnection(client) { client.emit('hello', 'desk'); } };
    DeskGateway = __decorate([WebSocketGateway(${gateway})], DeskGateway);
    let Home = class Home { home() { return 'home'; } };
    __decorate([Get()], Home.prototype, 'home', Object.getOwnPropertyDescriptor(Home.prototype, 'home'));
    Home = __decorate([Controller()], Home);
    let App = class App { onModuleInit() { return new Promise((resolve) => setTimeout(resolve, 300)); } };
    App = __decorate([Module({ providers: [DeskGateway], controllers: [Home] })], App);
    NestFactory.create(App, { logger: ['error'] }).then(async (app) => {
      await app.listen(process.env.PORT ?? 8080);
      console.log(await app.getUrl());
    });`,
});

describe('NestJS', () => {
  it.each([
    ['a gateway with a port of its own', '8085, { cors: true }'],
    ['a gateway on the app’s server', '{ cors: true }'],
    ['a gateway with another path', '8085, { path: "/live" }'],
  ])('%s', async (_, gateway) => {
    const app = await runApp({ files: files(gateway), settings: { entry: 'dist/main.js', vdirPath: '/desk' } });
    await expect.poll(() => app.stdout()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await app.get('/desk/')).body).toBe('home');
    const path = gateway.includes('/live') ? '/desk/live' : '/desk/socket.io';
    for (const transport of ['websocket', 'polling']) {
      expect(await hello(app, '', { path, transports: [transport] })).toBe('desk');
    }
    expect(app.stderr()).toBe('');
  });
});
