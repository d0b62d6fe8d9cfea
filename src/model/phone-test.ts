import type { JsonObject } from './json.ts';

/**
 * Whether a test calls or writes to a phone number. Such a test reaches what the number is routed to, so that no
 * version can be chosen for it, and it costs money at whatever number it names.
 */
export function callsNumber(spec: JsonObject): boolean {
  const channel = spec.telnyx_conversation_channel ?? 'web_chat';
  const { destination } = spec;
  return (
    channel === 'phone_call' ||
    channel === 'sms_chat' ||
    (typeof destination === 'string' && /^\s*\+?[\d\s().-]{5,}$/.test(destination))
  );
}
