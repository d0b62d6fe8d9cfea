import type { DesiredResource } from '../../model/desired.ts';
import { isObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem, textOf, warning } from './world.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
const URL = /^(https?|wss?|sips?):\S+$/i;
const ASSISTANT_ID = /^assistant-[0-9a-zA-Z-]+$/;

/** A test's destination is an assistant, a number or a URL, and fits the channel. */
export function testRules({ spec }: DesiredResource): readonly Finding[] {
  const { destination } = spec;
  const pointer = '/spec/destination';
  const assistant =
    isObject(destination) || (typeof destination === 'string' && ASSISTANT_ID.test(destination));
  if (typeof destination === 'string' && destination !== '' && !assistant) {
    const templated = destination.includes('{{');
    if (!templated && !E164.test(destination) && !URL.test(destination)) {
      const message = `${destination.slice(0, 60)} is no phone number such as +13125550100, no URL and no reference`;
      return [
        problem(
          'DESTINATION_INVALID',
          pointer,
          message,
          'write { $ref: assistant/<key> } to test an assistant',
        ),
      ];
    }
  }
  const channel = textOf(spec.telnyx_conversation_channel) ?? 'web_chat';
  const number = typeof destination === 'string' && E164.test(destination);
  if (channel === 'web_chat' && number) {
    const message = 'a phone number is tested over phone_call or sms_chat, not web_chat (the default)';
    return [warning('TEST_CHANNEL', pointer, message, 'set telnyx_conversation_channel')];
  }
  if (
    (channel === 'phone_call' || channel === 'sms_chat') &&
    destination !== undefined &&
    !number &&
    !assistant
  ) {
    return [warning('TEST_CHANNEL', pointer, `the channel ${channel} needs a phone number as destination`)];
  }
  return [];
}
