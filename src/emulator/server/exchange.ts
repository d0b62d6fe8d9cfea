/** One request from its arrival to the last byte of its reply, with everything that a fault may do in between. */
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultHook } from '../contract/contract.ts';
import { type Arrived, encodeReply, type Payload, receive, send } from './http.ts';
import { type Admission, failureAnswer, type ServerReply } from './pipeline.ts';
import type { RateWindow } from './rate-window.ts';
import type { RequestLog } from './request-log.ts';

/** Path that all endpoints lie under. */
export const BASE_PATH = '/v2';

export interface ExchangeParts {
  readonly admit: (arrived: Arrived, index: number) => Admission;
  readonly log: RequestLog;
  readonly rate: RateWindow;
  readonly faults: () => FaultHook | undefined;
  readonly clock: () => Date;
  readonly latencyMs: number;
  readonly stopped: AbortSignal;
}

type Headers = Readonly<Record<string, string>>;

/** Looks like a UUID, but spends none of the injected ids, so that resource ids do not depend on the traffic. */
function requestId(index: number, at: Date): string {
  const hex = hash('sha256', `${index}:${at.getTime()}`, 'hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function scripted(fault: Extract<Fault, { kind: 'status' }>, headers: Headers): Payload {
  const reply =
    fault.body === undefined ? { status: fault.status } : { status: fault.status, json: fault.body };
  return encodeReply(reply, { ...headers, ...fault.headers });
}

function garbage(headers: Headers): Payload {
  const raw = { contentType: 'application/json', chunks: ['<html><body>502 Bad Gateway'] };
  return encodeReply({ status: 200, raw }, headers);
}

/** Answers requests one by one. The returned function never rejects for what a request contains. */
export function openExchange(
  parts: ExchangeParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { admit, log, rate, clock, latencyMs, stopped } = parts;

  /** False when the server stopped meanwhile. */
  const wait = async (ms: number): Promise<boolean> => {
    if (ms > 0) await sleep(ms, undefined, { signal: stopped }).catch(() => undefined);
    return !stopped.aborted;
  };
  // The latency counts from the arrival of a request, so that reading its body is part of it.
  const work = async (arrived: Arrived, index: number, begun: number): Promise<ServerReply | undefined> => {
    const delay = (): Promise<boolean> => wait(latencyMs - (performance.now() - begun));
    try {
      rate.take();
      const admission = admit(arrived, index);
      try {
        return (await delay()) ? admission.run() : undefined;
      } finally {
        admission.release();
      }
    } catch (error) {
      return (await delay()) ? failureAnswer(error) : undefined;
    }
  };

  return async (request, response) => {
    const begun = performance.now();
    const arrived = await receive(request, BASE_PATH);
    const index = log.arrive(arrived);
    const fault = parts.faults()?.(arrived, index);
    const headers = { 'x-request-id': requestId(index, clock()) };
    const reply = (payload: Payload, cut = false): void => {
      log.answer(index, cut ? 0 : payload.status);
      send(response, payload, cut);
    };
    const drop = (): void => {
      log.answer(index, 0);
      response.socket?.resetAndDestroy();
    };

    if (fault?.kind === 'reset-before') return drop();
    if (fault?.kind === 'hang' && fault.afterEffect !== true) return;
    if (fault?.kind === 'status' && fault.afterEffect !== true) return reply(scripted(fault, headers));
    if (fault?.kind === 'delay' && !(await wait(fault.ms))) return;
    const answer = await work(arrived, index, begun);
    if (answer === undefined || fault?.kind === 'hang') return;
    if (fault?.kind === 'reset-after') return drop();
    if (fault?.kind === 'status') return reply(scripted(fault, headers));
    if (fault?.kind === 'garbage') return reply(garbage(headers));
    const payload = encodeReply(answer.reply, { ...headers, ...rate.headers(), ...answer.headers });
    reply(payload, fault?.kind === 'truncate');
  };
}
