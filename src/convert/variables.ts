/**
 * Variables that a platform fills in by itself, and what Telnyx calls them. Telnyx has telnyx_current_time (UTC),
 * telnyx_current_time_<zone>, telnyx_conversation_channel, telnyx_agent_target, telnyx_end_user_target and
 * call_control_id; source: its public page on dynamic variables.
 */
import type { Platform } from '../model/file-import.ts';

export interface Renamed {
  readonly text: string;
  /** True when a variable stands for something that is not quite the same. */
  readonly near: boolean;
  /** True when the text has logic that Telnyx leaves as it is. */
  readonly logic: boolean;
}

const TIME = 'telnyx_current_time';
const CALLER = 'telnyx_end_user_target';
const AGENT = 'telnyx_agent_target';
const CHANNEL = 'telnyx_conversation_channel';
const CALL = 'call_control_id';

type Names = { readonly [name: string]: string };

const SAME: { readonly [platform in Platform]: Names } = {
  retell: { user_number: CALLER, agent_number: AGENT, call_id: CALL },
  vapi: { 'customer.number': CALLER, 'phonenumber.number': AGENT, now: TIME, 'call.id': CALL },
  elevenlabs: {
    system__caller_id: CALLER,
    system__called_number: AGENT,
    system__time_utc: TIME,
    system__call_sid: CALL,
  },
  bland: { from: CALLER, to: AGENT, now_utc: TIME, now: TIME, call_id: CALL, phone_number: CALLER },
};

const NEAR: { readonly [platform in Platform]: Names } = {
  retell: {
    current_time: TIME,
    current_hour: TIME,
    current_calendar: TIME,
    call_type: CHANNEL,
    session_type: CHANNEL,
  },
  vapi: {
    date: TIME,
    time: TIME,
    day: TIME,
    month: TIME,
    year: TIME,
    'transport.conversationtype': CHANNEL,
  },
  elevenlabs: { system__time: TIME, system__conversation_id: CALL, system__conversation_type: CHANNEL },
  bland: {
    current_time: TIME,
    current_date: TIME,
    date: TIME,
    time: TIME,
    short_from: CALLER,
    short_to: AGENT,
  },
};

/** Retell's clocks of a zone: `{{current_time_Europe/Madrid}}`. */
const ZONED = /^current_(time|hour|calendar)_([A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*)$/;

/** A name as it may stand between braces, with what templates write after a bar. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

export function renamed(text: string, platform: Platform): Renamed {
  let near = false;
  let logic = /\{%/.test(text);
  const result = text.replace(PLACEHOLDER, (written: string, inner: string) => {
    const [name = '', ...filters] = inner.split('|').map((part) => part.trim());
    const bare = name.replace(/^["']|["']$/g, '');
    const known = counterpart(bare, platform);
    if (known === undefined) {
      if (filters.length > 0) logic = true;
      return written;
    }
    const zone = filters.length > 0 ? zoneOf(filters) : undefined;
    near ||= known.near || filters.length > 0;
    return `{{${known.name}${zone !== undefined && known.name === TIME ? `_${zone}` : ''}}}`;
  });
  return { text: result, near, logic };
}

/** The name of Telnyx for a variable; the name itself where the platform does not fill it in. */
export function variableName(written: string, platform: Platform): string {
  const name = written.trim().replace(/^\{\{\s*|\s*\}\}$/g, '');
  return counterpart(name, platform)?.name ?? name;
}

/** Names between braces that neither Telnyx nor the platform fills in. */
export function ownVariables(text: string): readonly string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, inner = '']) => inner.split('|')[0]?.trim() ?? '');
  return names.filter(
    (name) => /^[A-Za-z_][\w.-]*$/.test(name) && !name.startsWith('telnyx_') && name !== CALL,
  );
}

function counterpart(
  name: string,
  platform: Platform,
): { readonly name: string; readonly near: boolean } | undefined {
  const key = name.toLowerCase();
  const same = SAME[platform];
  if (Object.hasOwn(same, key)) return { name: same[key] ?? name, near: false };
  const near = NEAR[platform];
  if (Object.hasOwn(near, key)) return { name: near[key] ?? name, near: true };
  const zoned = platform === 'retell' ? ZONED.exec(name) : null;
  if (zoned === null) return undefined;
  return { name: `${TIME}_${zoned[2]}`, near: zoned[1] !== 'time' };
}

/** `date: "%H:%M", "America/New_York"` → `America/New_York`. */
function zoneOf(filters: readonly string[]): string | undefined {
  return /["']([A-Z][A-Za-z]+\/[A-Za-z_/+-]+)["']/.exec(filters.join(' '))?.[1];
}
