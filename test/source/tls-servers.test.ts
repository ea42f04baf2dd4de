import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { parseScript } from '../../src/source/script.js';
import { readTlsServers } from '../../src/source/tls-servers.js';

const read = (text: string): readonly (readonly [number, boolean])[] => {
  const context = contextOf(parseScript({ file: '/app/server.ts', text }));
  return context ? readTlsServers(context).map(({ at, asksForCertificates }) => [at.line, asksForCertificates]) : [];
};

describe('a server with TLS', () => {
  it.each([
    "require('https').createServer({}, app);",
    "import https from 'node:https'; new https.Server(options);",
    "const { createSecureServer } = require('http2'); createSecureServer({ key, cert, allowHTTP1: true });",
    "const fastify = require('fastify')({ http2: true, https: { allowHTTP1: true, key, cert } });",
    "import Fastify from 'fastify'; const https = { key, cert }; Fastify({ https });",
    "import { NestFactory } from '@nestjs/core'; const httpsOptions = { key }; NestFactory.create(AppModule, { cors: true, httpsOptions });",
    "const core_1 = require('@nestjs/core'); core_1.NestFactory.create(m, adapter, { httpsOptions: readKeys() });",
    "import { FastifyAdapter } from '@nestjs/platform-fastify'; new FastifyAdapter({ https: { key } });",
    "const Hapi = require('@hapi/hapi'); Hapi.server({ port: 443, tls: { key, cert } });",
  ])('%s', (code) => {
    expect(read(code)).toEqual([[1, false]]);
  });

  it.each([
    "require('http').createServer(app);",
    "require('https').get('https://other.example');",
    "require('fastify')({ logger: true, https: null });",
    "require('fastify')({ https: process.env.KEY ? { key: process.env.KEY } : null });",
    "const { NestFactory } = require('@nestjs/core'); NestFactory.create(AppModule, { cors: true });",
    "const { NestFactory } = require('@nestjs/core'); NestFactory.create(AppModule, { httpsOptions: undefined });",
    "const https = require('https'); if (process.env.TLS) https.createServer({ requestCert: true });",
  ])('not %s', (code) => {
    expect(read(code)).toEqual([]);
  });

  it.each([
    "require('https').createServer({ key, requestCert: true, rejectUnauthorized: false }, app);",
    "const options = { requestCert: true }; require('https').createServer(options, app);",
    "require('fastify')({ https: { key, requestCert: true } });",
  ])('that asks for certificates: %s', (code) => {
    expect(read(code)).toEqual([[1, true]]);
  });
});
