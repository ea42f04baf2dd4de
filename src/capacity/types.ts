import type { IisnodeAttribute } from '../webconfig/index.js';

export type Transport = 'websocket' | 'polling';

export interface CapacityQuestion {
  /** Viewers connected at the same time, 1 to 10,000,000. */
  readonly viewers: number;
  /** Node processes on each machine; worked out when not given. */
  readonly processes?: number;
  /** Machines that share the viewers; worked out when not given. */
  readonly machines?: number;
  /** websocket alone by default, as init writes. */
  readonly transports?: readonly string[];
  /** Messages each viewer gets a second; 0.5 by default. */
  readonly messagesPerSecond?: number;
  /** Processors of a machine; 4 by default. */
  readonly processors?: number;
}

/** Something the app must have, or need not, and why. */
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

/** A limit on the way and how near this comes to it. */
export interface CapacityLimit {
  readonly name: string;
  /** The default, or what the settings above make of it. */
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
  /** Processor time until all viewers of a process are back after a recycle. */
  readonly secondsToReconnect: number;
  readonly messagesPerSecond: number;
}

/** Viewers over machines and processes. */
export interface Division {
  readonly machines: number;
  /** On each machine. */
  readonly processes: number;
  readonly viewersPerMachine: number;
  readonly viewersPerProcess: number;
}

/** What was asked for; and of `enough`, which is the same where that fits, all that there is to set. */
export interface CapacityPlan extends Division {
  readonly viewers: number;
  readonly transports: readonly Transport[];
  /** Of each machine. */
  readonly processors: number;
  /** The most viewers one process should have, and what sets it. */
  readonly mostPerProcess: { readonly viewers: number; readonly because: string };
  /** Machines that would do, with as many processes as are asked for, or as their processors carry. */
  readonly enoughMachines: number;
  /** What carries the viewers: what is asked for where it fits, else what would do; undefined: nothing would. */
  readonly enough: Division | undefined;
  /** False: the machines and processes asked for are too few. */
  readonly fits: boolean;
  /** Why it does not fit; empty when it does. */
  readonly faults: readonly string[];
  /** This and what follows is of `enough`; undefined or empty when nothing would do. */
  readonly load: CapacityLoad | undefined;
  readonly needs: readonly Need[];
  readonly settings: readonly CapacitySetting[];
  readonly limits: readonly CapacityLimit[];
  /** The command line that writes the web.config. */
  readonly init: string | undefined;
  /** Attributes of the settings that it leaves as they are for fewer viewers: to be written by hand. */
  readonly byHand: readonly string[];
  /** What was taken for granted. */
  readonly assumptions: readonly string[];
}

/** A setting as the app has it now. */
export interface CapacityChange {
  readonly name: IisnodeAttribute | 'appConcurrentRequestLimit' | 'adapter';
  readonly now: string;
  readonly wanted: string;
  readonly isRight: boolean;
  /** False: viewers are carried without it too, only worse. */
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
  /** True when the app as it is carries that many. */
  readonly carries: boolean;
}
