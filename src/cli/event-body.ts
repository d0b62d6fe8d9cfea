import { Failure } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { present, readPairs, requireNumber, requireTime, wholeNumberPair } from './pairs.ts';

/** What the options of `event create` say. */
export interface ScheduledEvent {
  readonly at: string;
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  readonly text?: string;
  readonly var?: readonly string[];
  readonly metadata?: readonly string[];
  readonly maxRetries?: string;
  readonly retryInterval?: string;
  readonly sipRegion?: string;
}

/** Bounds of the public OpenAPI document. */
const RETRIES = [0, 10] as const;
const RETRY_SECONDS = [60, 86_400] as const;

/** The request for a scheduled call or message. Fails with exit code 3 for a body that the API would refuse. */
export function eventBody(flags: ScheduledEvent, now: Date): JsonObject {
  const at = requireTime('--at', flags.at);
  if (Date.parse(at) <= now.getTime()) throw wrong(`--at ${flags.at} is in the past`);
  const sms = flags.channel === 'sms_chat';
  if (sms && flags.text === undefined) throw wrong('an SMS needs a --text to begin with');
  if (!sms && flags.text !== undefined) throw wrong('--text is for SMS; a call begins with the greeting');
  const forCalls = [flags.maxRetries, flags.retryInterval, flags.sipRegion];
  if (sms && forCalls.some((value) => value !== undefined)) {
    throw wrong('--max-retries, --retry-interval and --sip-region are for calls');
  }
  return present({
    scheduled_at_fixed_datetime: at,
    telnyx_conversation_channel: flags.channel,
    telnyx_agent_target: requireNumber('--from', flags.from),
    telnyx_end_user_target: requireNumber('--to', flags.to),
    text: flags.text,
    dynamic_variables: readPairs('--var', flags.var ?? []),
    conversation_metadata: readPairs('--metadata', flags.metadata ?? []),
    max_retries_client_errors: wholeNumberPair('--max-retries', flags.maxRetries, RETRIES),
    retry_interval_secs: wholeNumberPair('--retry-interval', flags.retryInterval, RETRY_SECONDS),
    call_settings: present({ sip_region: flags.sipRegion }),
  });
}

function wrong(message: string): Failure {
  return new Failure('usage', message, { code: 'EVENT_INVALID' });
}
