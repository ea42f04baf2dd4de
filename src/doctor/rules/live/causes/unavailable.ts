import { iisnodeSock } from '../../../../typed-command.js';
import type { Failure, LiveCauses } from './live-cause.js';
import { arrInFront, byApp, byHttpSys, onAzure, proxyInFront } from './signs.js';

const otherAnswersCame = ({ facts }: Failure): string | undefined =>
  facts.exchanges.some(({ status }) => status !== undefined && status < 500)
    ? 'other requests of the same look are answered'
    : undefined;

/** 502 or 504: a proxy gets no valid answer from what is behind it. */
export const badGateway: LiveCauses = {
  causes: [
    {
      says: 'the app does not listen on the port at which it is asked: HTTP_PLATFORM_PORT is not read, or the rule of the proxy names another port',
      fix: 'listen on process.env.PORT, with <environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />; behind ARR the port of the rule',
      rules: ['PLATFORM_PORT_NOT_READ', 'PLATFORM_PORT_CHOSEN', 'FIXED_PORT', 'PROXY_TO_OTHER_PORT'],
      refuted: otherAnswersCame,
    },
    {
      says: 'the app behind the proxy crashes at its start, or has ended',
      fix: 'read what node wrote: stdoutLogFile of httpPlatform, or the log of the service; start it by hand once',
      rules: [
        'APP_CRASHED',
        'APP_ENDED',
        'DEPENDENCIES_NOT_INSTALLED',
        'ENTRY_FILE_MISSING',
        'PLATFORM_SCRIPT_MISSING',
      ],
      refuted: otherAnswersCame,
    },
    {
      says: 'a proxy in front of IIS does not reach it: the address or the port in its configuration, a firewall, or its certificate check',
      fix: `ask IIS directly, past the proxy: ${iisnodeSock} doctor http://SERVER/`,
      speaks: proxyInFront,
    },
    {
      says: 'the proxy gives up before the app answers: its time-out is shorter than a long poll (ping every 25 s)',
      fix: 'raise the time-out of the proxy above 60 s, or lower pingInterval',
      speaks: (failure) =>
        failure.step.status === 504
          ? 'the status is 504, gateway timeout'
          : otherAnswersCame(failure) && arrInFront(failure),
    },
  ],
  apart:
    'All URLs fail: the app or its port. Only slow ones: a time-out. The error code of the page: 0x80072efd "not reachable", 0x80072ee2 "too late", 0x80072efe "connection broken".',
};

/** 503 without more. */
export const unavailable: LiveCauses = {
  causes: [
    {
      says: 'the application pool is stopped: by hand, because its identity cannot log on, or after five crashes in five minutes',
      fix: 'start it in IIS Manager; the event log (source WAS) says why it stopped',
      rules: ['SERVICE_NOT_RUNNING', 'POOL_NOT_FOUND'],
      speaks: byHttpSys,
      refuted: byApp,
    },
    {
      says: 'the app of Azure App Service is stopped, or over the quota of its plan',
      fix: 'look at the overview of the app in the portal: state and quotas',
      speaks: onAzure,
    },
    {
      says: 'the app itself answers 503: overloaded, in maintenance, or without its database',
      fix: `read its log: ${iisnodeSock} logs`,
      speaks: byApp,
      refuted: byHttpSys,
    },
    {
      says: 'requests wait for a node process that is full: maxConcurrentRequestsPerProcess, or the queue of the pool',
      fix: `${iisnodeSock} capacity --viewers N prints the settings; open sockets and waiting polls count as requests`,
      rules: ['FEW_CONCURRENT_REQUESTS'],
      refuted: byHttpSys,
    },
    {
      says: 'an app_offline.htm, or a deployment, takes the site off',
      fix: 'remove app_offline.htm from the folder',
    },
  ],
  apart:
    'Server: Microsoft-HTTPAPI in the headers is the pool. A page of the app, or JSON, is the app. 503 now and then under load is a limit.',
};
