import type { IisnodeAttribute } from '../webconfig/index.js';

export type Transport = 'websocket' | 'polling';

export interface CapacityQuestion {
  /** Viewers connected at the same time, 1 to 10,000,000. */
  readonly viewers: number;
  /** Node processes on each machine; calculated by default. */
  readonly processes?: number;
  /** Machines that share the viewers; calculated by default. */
  readonly machines?: number;
  /** Only websocket by default, as written by init. */
  readonly transports?: readonly string[];
  /** Messages per viewer and second; 0.5 by default. */
  readonly messagesPerSecond?: number;
  /** Processors of a machine; 4 by default. */
  readonly processors?: number;
}

/** Something that the app needs or does not need, and why. */
export interface Need {
  readonly name: 'sticky sessions' | 'adapter' | 'affinity' | 'several machines';
  readonly needed: boolean;
  readonly why: string;
}

/** A setting to write. */
export interface CapacitySetting {
  readonly where: 'web.config' | 'server';
  readonly name: string;
  readonly value: string;
  /** What to copy: the attribute, or the whole command line. */
  readonly text: string;
  readonly why: string;
  /** Where the number comes from. */
  readonly source: string;
}

/** A limit, and how near the plan comes to it. */
export interface CapacityLimit {
  readonly name: string;
  /** The default, or the value of the settings above. */
  readonly limit: number;
  readonly need: number;
  readonly ok: boolean;
  readonly said: string;
  readonly source: string;
}

export interface CapacityLoad {
  /** Of one processor, 0 to 1 and above. */
  readonly processorShare: number;
  /** Bytes. */
  readonly memoryPerProcess: number;
  readonly memoryPerMachine: number;
  /** Processor time until all viewers of a process have reconnected after a recycle. */
  readonly secondsToReconnect: number;
  readonly messagesPerSecond: number;
}

/** The distribution of viewers over machines and processes. */
export interface Division {
  readonly machines: number;
  /** On each machine. */
  readonly processes: number;
  readonly viewersPerMachine: number;
  readonly viewersPerProcess: number;
}

/** The numbers that were given, and all settings for `enough`, which has the same numbers if they are sufficient. */
export interface CapacityPlan extends Division {
  readonly viewers: number;
  readonly transports: readonly Transport[];
  /** Of each machine. */
  readonly processors: number;
  /** The maximum of viewers for one process, and the reason. */
  readonly mostPerProcess: { readonly viewers: number; readonly because: string };
  /** A sufficient number of machines, with the given number of processes, or as many as their processors allow. */
  readonly enoughMachines: number;
  /** Sufficient numbers: the given ones if they are enough; undefined: no numbers are. */
  readonly enough: Division | undefined;
  /** False: there are not enough machines and processes. */
  readonly fits: boolean;
  /** Why they are not enough; empty when they are. */
  readonly faults: readonly string[];
  /** This and the following are for `enough`; undefined or empty when no numbers are sufficient. */
  readonly load: CapacityLoad | undefined;
  readonly needs: readonly Need[];
  readonly settings: readonly CapacitySetting[];
  readonly limits: readonly CapacityLimit[];
  /** The command line that writes the web.config. */
  readonly init: string | undefined;
  /** Attributes of the settings that the command writes with values for fewer viewers: change them by hand. */
  readonly byHand: readonly string[];
  /** The assumptions. */
  readonly assumptions: readonly string[];
}

/** The app's current setting. */
export interface CapacityChange {
  readonly name: IisnodeAttribute | 'appConcurrentRequestLimit' | 'adapter';
  readonly now: string;
  readonly wanted: string;
  readonly isRight: boolean;
  /** False: viewers can be served without it, but not as well. */
  readonly isNeeded: boolean;
  /** default, web.config, iisnode.yml, environment, computed; source: the app's code. */
  readonly from: string;
  readonly file?: string;
  readonly line?: number;
  readonly why: string;
}

export interface CapacityComparison {
  readonly directory: string;
  readonly changes: readonly CapacityChange[];
  /** True when the app can serve that many now. */
  readonly carries: boolean;
}
